import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordRules } from '../../components/ui/password-rules.tsx';
import { api } from '../../lib/api/client.ts';
import { meQuery, queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { passwordKept } from '../../lib/password-rules.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './account.module.css';

/** A new password; all other sessions end with the old one. */
export const ChangePassword = ({ username }: { username: string }) => {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const change = useMutation({
    mutationFn: () => api.post('/auth/password', 'sessionGrant', { currentPassword, newPassword }),
    onSuccess: ({ user }) => {
      queryClient.setQueryData(meQuery.queryKey, user);
      void queryClient.invalidateQueries({ queryKey: ['sessions'] });
      setCurrent('');
      setNew('');
      say(t('password.changed'));
    },
  });
  const ready = currentPassword !== '' && passwordKept(newPassword, username);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) change.mutate();
      }}
    >
      {/* Password managers need the name to know whose password it is. */}
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      <PasswordInput
        label={t('password.current')}
        value={currentPassword}
        onChange={(event) => setCurrent(event.currentTarget.value)}
        autoComplete="current-password"
      />
      <PasswordInput label={t('password.new')} value={newPassword} onChange={(event) => setNew(event.currentTarget.value)} autoComplete="new-password" />
      {newPassword !== '' && <PasswordRules password={newPassword} username={username} />}
      {change.error !== null && (
        <p className={styles.problem} role="alert">
          {errorText(change.error)}
        </p>
      )}
      <div>
        <Button type="submit" disabled={!ready} loading={change.isPending}>
          {t('password.submit')}
        </Button>
      </div>
    </form>
  );
};

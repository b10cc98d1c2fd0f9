import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { Dialog } from '../../components/ui/dialog.tsx';
import { apiKeyScopes } from '#contracts';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SecretOnce } from '../../components/ui/secret-once.tsx';
import { api } from '../../lib/api/client.ts';
import { hasRole, queryClient, useMe } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './account.module.css';

const DAY_MS = 86_400_000;
const spans = ['30', '90', '365', 'never'] as const;

/** Makes a key that can do only what it is for; its secret is shown this once. */
export const NewKey = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation(['account', 'common']);
  const errorText = useErrorText();
  const me = useMe();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['chat', 'search']);
  const [span, setSpan] = useState<string>('90');
  const create = useMutation({
    mutationFn: () =>
      api.post('/auth/keys', 'apiKeyCreated', {
        name: name.trim(),
        scopes,
        ...(span === 'never' ? {} : { expiresAt: new Date(Date.now() + Number(span) * DAY_MS).toISOString() }),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['keys'] }),
  });
  if (create.data !== undefined) {
    return (
      <Dialog onClose={onClose} title={t('account:keys.made', { name: create.data.key.name })} closeOnClickOutside={false}>
        <SecretOnce secret={create.data.secret}>{t('account:keys.once')}</SecretOnce>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t('common:done')}</Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title={t('account:keys.new')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput
          label={t('account:keys.name')}
          description={t('account:keys.nameHelp')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <Checkbox.Group label={t('account:keys.scopes')} value={scopes} onChange={setScopes}>
          <div className={styles.scopes}>
            {apiKeyScopes
              .filter((scope) => scope !== 'admin' || hasRole(me, 'admin'))
              .map((scope) => (
                <Checkbox key={scope} value={scope} size="sm" label={t(`account:scope.${scope.replace(':', '_') as 'chat'}`)} />
              ))}
          </div>
        </Checkbox.Group>
        <Select
          label={t('account:keys.span')}
          value={span}
          onChange={(value) => setSpan(value ?? '90')}
          data={spans.map((value) => ({ value, label: t(`account:keys.spans.${value}`) }))}
        />
        {create.error !== null && (
          <p className={styles.problem} role="alert">
            {errorText(create.error)}
          </p>
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" disabled={name.trim() === '' || scopes.length === 0} loading={create.isPending}>
            {t('account:keys.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

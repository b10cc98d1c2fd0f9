import { PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordRules } from '../../components/ui/password-rules.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { passwordKept } from '../../lib/password-rules.ts';
import { rolesToGive } from './may-change.ts';

interface Props {
  onClose: () => void;
  onPassword: (username: string, password: string) => void;
}

/** Makes an account with a password that the box invents, or one that is given. */
export const NewUser = ({ onClose, onPassword }: Props) => {
  const { t } = useTranslation(['users', 'common']);
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState('user');
  const [chosen, setChosen] = useState<'once' | 'own'>('once');
  const [password, setPassword] = useState('');
  const create = useMutation({
    mutationFn: () =>
      api.post('/users', 'userCreated', {
        username: username.trim(),
        role,
        ...(email.trim() === '' ? {} : { email: email.trim() }),
        ...(chosen === 'own' ? { password } : {}),
      }),
    onSuccess: async ({ user, initialPassword }) => {
      await queryClient.invalidateQueries({ queryKey: ['users'] });
      onClose();
      if (initialPassword === undefined) say(t('users:new.made', { name: user.username }));
      else onPassword(user.username, initialPassword);
    },
  });
  const ready = username.trim().length >= 2 && (chosen === 'once' || passwordKept(password, username));
  return (
    <FormDialog title={t('users:new.title')} action={t('users:new.submit')} ready={ready} saving={create} onClose={onClose}>
      <TextInput
        label={t('users:column.name')}
        value={username}
        onChange={(event) => setUsername(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
      />
      <TextInput
        label={t('users:new.email')}
        description={t('users:new.emailHelp')}
        type="email"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        autoComplete="off"
      />
      <Select
        label={t('users:column.role')}
        description={t(`users:roleHelp.${role as 'user'}`)}
        value={role}
        onChange={(value) => setRole(value ?? 'user')}
        data={rolesToGive.map((value) => ({ value, label: t(`common:roles.${value}`) }))}
      />
      <SegmentedControl
        aria-label={t('users:new.how')}
        value={chosen}
        onChange={(value) => setChosen(value)}
        data={[
          { value: 'once', label: t('users:new.once') },
          { value: 'own', label: t('users:new.own') },
        ]}
      />
      {chosen === 'own' && (
        <>
          <PasswordInput
            label={t('users:new.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <PasswordRules password={password} username={username} />
        </>
      )}
    </FormDialog>
  );
};

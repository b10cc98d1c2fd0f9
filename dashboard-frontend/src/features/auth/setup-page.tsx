import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordRules } from '../../components/ui/password-rules.tsx';
import { api } from '../../lib/api/client.ts';
import { meQuery, queryClient, setupQuery } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { passwordKept } from '../../lib/password-rules.ts';
import { AuthFrame } from './auth-frame.tsx';
import styles from './auth.module.css';
import { RestoreForm } from './restore-form.tsx';
import { codeFromHash } from './setup-code.ts';
import { SetupCodeField } from './setup-code-field.tsx';

const RESTORE_LOOK_MS = 1_500;

/** The owner's account, made with the one-time code of the terminal. */
export const SetupPage = () => {
  const { t } = useTranslation(['auth', 'common']);
  const errorText = useErrorText();
  const navigate = useNavigate();
  const [code, setCode] = useState(codeFromHash(useLocation().hash));
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [restoring, setRestoring] = useState(false);
  // While a backup is restored the box starts again, and has its owner then.
  const state = useQuery({ ...setupQuery, refetchInterval: restoring ? RESTORE_LOOK_MS : false });
  const setup = useMutation({
    mutationFn: () => api.post('/setup', 'sessionGrant', { code, username: username.trim(), password }),
    onSuccess: ({ user }) => {
      queryClient.setQueryData(meQuery.queryKey, user);
      void navigate({ to: '/', replace: true });
    },
  });
  // Somebody else was faster, or the page was opened again later.
  const done = state.data?.required === false && setup.isIdle;
  useEffect(() => {
    if (done) void navigate({ to: '/login' });
  }, [done, navigate]);
  const ready = code.length === 9 && username.trim().length >= 2 && passwordKept(password, username);
  if (restoring)
    return (
      <AuthFrame title={t('auth:restore.title')} sentence={t('auth:restore.sentence')}>
        <RestoreForm code={code} onBack={() => setRestoring(false)} />
      </AuthFrame>
    );
  return (
    <AuthFrame title={t('auth:setup.title')} sentence={t('auth:setup.sentence')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) setup.mutate();
        }}
      >
        <SetupCodeField value={code} onChange={setCode} autoFocus={code === ''} />
        <TextInput
          label={t('auth:username')}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={code !== ''}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('auth:password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          aria-describedby="password-rules"
          required
          withAsterisk={false}
        />
        <PasswordRules id="password-rules" password={password} username={username} />
        {setup.error !== null && (
          <p className={styles.problem} role="alert">
            {errorText(setup.error)}
          </p>
        )}
        <Button type="submit" loading={setup.isPending} disabled={!ready} size="md" fullWidth>
          {t('auth:setup.submit')}
        </Button>
        <Button variant="default" fullWidth onClick={() => setRestoring(true)}>
          {t('auth:restore.open')}
        </Button>
      </form>
    </AuthFrame>
  );
};

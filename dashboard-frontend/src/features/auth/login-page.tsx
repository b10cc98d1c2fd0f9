import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { isApiError } from '../../lib/api/errors.ts';
import { meQuery, queryClient, setupQuery } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { safeDestination } from '../../routes/guard.ts';
import { AuthFrame } from './auth-frame.tsx';
import styles from './auth.module.css';

/** Name, password and, where it is on, the code of the authenticator; then back to where one wanted to go. */
export const LoginPage = () => {
  const { t } = useTranslation(['auth', 'common']);
  const errorText = useErrorText();
  const navigate = useNavigate();
  const router = useRouter();
  const { to } = useSearch({ from: '/login' });
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [totp, setTotp] = useState('');
  const setup = useQuery(setupQuery);
  const needsSetup = setup.data?.required === true;
  useEffect(() => {
    if (needsSetup) void navigate({ to: '/setup' });
  }, [needsSetup, navigate]);

  const login = useMutation({
    mutationFn: () => api.post('/auth/login', 'sessionGrant', { username: username.trim(), password, ...(totp === '' ? {} : { totp }) }),
    onSuccess: ({ user }) => {
      queryClient.setQueryData(meQuery.queryKey, user);
      router.history.replace(safeDestination(to));
    },
  });
  const asksTotp = isApiError(login.error, 'totp_required') || totp !== '';
  return (
    <AuthFrame title={t('auth:login.title')} sentence={to === undefined ? t('auth:login.sentence') : t('auth:login.sentenceBack')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        <TextInput
          label={t('auth:username')}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('auth:password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        {asksTotp && (
          <TextInput
            label={t('auth:login.totp')}
            description={t('auth:login.totpHelp')}
            value={totp}
            onChange={(event) => setTotp(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 6))}
            classNames={{ input: styles.code }}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            required
            withAsterisk={false}
          />
        )}
        {login.error !== null && !isApiError(login.error, 'totp_required') && (
          <p className={styles.problem} role="alert">
            {errorText(login.error)}
          </p>
        )}
        <Button type="submit" loading={login.isPending} size="md" fullWidth>
          {t('auth:login.submit')}
        </Button>
        <p className="small quiet">{t('auth:login.forgot')}</p>
      </form>
    </AuthFrame>
  );
};

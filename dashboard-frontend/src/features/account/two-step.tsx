import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/ui/copy-button.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './account.module.css';
import { QrCode } from './qr-code.tsx';

/** Two-step sign-in: a secret for an authenticator, proven by its first code; turned off with a code, too. */
export const TwoStep = ({ enabled }: { enabled: boolean }) => {
  const { t } = useTranslation('account');
  const [ending, setEnding] = useState(false);
  const enrol = useMutation({ mutationFn: () => api.post('/auth/totp', 'totpEnrolment'), onError: sayError });
  const refresh = async (said: string) => {
    await queryClient.invalidateQueries({ queryKey: ['me'] });
    enrol.reset();
    setEnding(false);
    say(said);
  };
  if (enabled) {
    return (
      <div className={styles.form}>
        <StateWord tone="ok">{t('totp.on')}</StateWord>
        {ending ? (
          <CodeForm action={t('totp.disable')} path="/auth/totp/disable" onDone={() => refresh(t('totp.wasDisabled'))} />
        ) : (
          <div>
            <Button variant="default" onClick={() => setEnding(true)}>
              {t('totp.disable')}
            </Button>
          </div>
        )}
      </div>
    );
  }
  return (
    <div className={styles.form}>
      <p className="quiet">{t('totp.about')}</p>
      {enrol.data === undefined ? (
        <div>
          <Button variant="default" onClick={() => enrol.mutate()} loading={enrol.isPending}>
            {t('totp.begin')}
          </Button>
        </div>
      ) : (
        <div className={styles.enrol}>
          <QrCode text={enrol.data.uri} label={t('totp.qr')} />
          <div className={styles.steps}>
            <p>{t('totp.scan')}</p>
            <p className={styles.secret}>
              <code>{enrol.data.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
              <CopyButton text={enrol.data.secret} />
            </p>
            <CodeForm action={t('totp.confirm')} path="/auth/totp/confirm" onDone={() => refresh(t('totp.wasEnabled'))} />
          </div>
        </div>
      )}
    </div>
  );
};

const CodeForm = ({ action, path, onDone }: { action: string; path: string; onDone: () => Promise<void> }) => {
  const { t } = useTranslation('account');
  const errorText = useErrorText();
  const [code, setCode] = useState('');
  const send = useMutation({ mutationFn: () => api.act('POST', path, { body: { code } }), onSuccess: onDone });
  return (
    <form
      className={styles.codeForm}
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === 6) send.mutate();
      }}
    >
      <TextInput
        label={t('totp.code')}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, 6))}
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        error={send.error === null ? undefined : errorText(send.error)}
      />
      <Button type="submit" disabled={code.length !== 6} loading={send.isPending}>
        {action}
      </Button>
    </form>
  );
};

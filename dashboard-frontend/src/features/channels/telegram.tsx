import { Button, PasswordInput, Switch } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TelegramView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { sayError } from '../../lib/notify.ts';

const queryKey = ['telegram'];

/** Sets the bot up, and pairs oneself with it. */
export const Telegram = () => {
  const { t } = useTranslation('channels');
  const query = useQuery({ queryKey, queryFn: ({ signal }) => api.get('/telegram', 'telegramView', { signal }), refetchInterval: 5_000 });
  return (
    <Section title={t('kind.telegram')}>
      <QueryView query={query}>{(view) => <Bot view={view} />}</QueryView>
    </Section>
  );
};

const Bot = ({ view: { configured, enabled, botUsername, lastError, strangers } }: { view: TelegramView }) => {
  const { t } = useTranslation('channels');
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const put = useMutation({
    mutationFn: (change: { token?: string; enabled?: boolean }) => api.put('/telegram', 'telegramView', change),
    onSuccess: () => setToken(''),
    onError: sayError,
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const pair = useMutation({ mutationFn: () => api.post('/telegram/pairing', 'pairingCode'), onError: sayError });
  return (
    <div style={{ display: 'grid', gap: 16, maxWidth: 480 }}>
      {configured && (
        <>
          <StateWord tone={lastError === null ? 'ok' : 'bad'}>{lastError ?? t('telegram.heard', { bot: botUsername ?? '' })}</StateWord>
          <Switch label={t('telegram.enabled')} checked={enabled} onChange={(event) => put.mutate({ enabled: event.currentTarget.checked })} />
          {strangers > 0 && <p className="small quiet">{t('telegram.strangers', { count: strangers })}</p>}
          <Button variant="default" loading={pair.isPending} onClick={() => pair.mutate()} style={{ justifySelf: 'start' }}>
            {t('telegram.pair')}
          </Button>
          {pair.data && (
            <p role="status">
              {t('telegram.code')} <code>/start {pair.data.code}</code>{' '}
              {pair.data.link !== null && (
                <a href={pair.data.link} target="_blank" rel="noreferrer">
                  {t('telegram.open')}
                </a>
              )}
            </p>
          )}
        </>
      )}
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (token !== '') put.mutate({ token: token.trim() });
        }}
      >
        <PasswordInput
          label={t('telegram.token')}
          description={t(configured ? 'secretStays' : 'telegram.tokenHelp')}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          autoComplete="off"
        />
        <Button type="submit" disabled={token === ''} loading={put.isPending} style={{ justifySelf: 'start' }}>
          {t('save')}
        </Button>
      </form>
    </div>
  );
};

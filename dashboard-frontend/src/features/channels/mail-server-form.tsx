import { Button, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { MailServer } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { say } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';

const queryKey = ['mail-server'];
const empty: MailServer = { host: '', port: 587, security: 'starttls', username: '', from: '', hasPassword: false };

/** The server that e-mail goes through. */
export const MailServerForm = () => {
  const { t } = useTranslation('channels');
  const query = useQuery({ queryKey, queryFn: ({ signal }) => api.get('/channels/mail-server', 'mailServerAnswer', { signal }) });
  return (
    <Section title={t('mail.title')}>
      <QueryView query={query}>{(server) => <Form key={JSON.stringify(server)} server={server ?? empty} />}</QueryView>
    </Section>
  );
};

const Form = ({ server }: { server: MailServer }) => {
  const { t } = useTranslation('channels');
  const client = useQueryClient();
  const errorText = useErrorText();
  const [draft, setDraft] = useState({ ...server, password: '' });
  const set = <Key extends keyof typeof draft>(key: Key, value: (typeof draft)[Key]): void => setDraft((before) => ({ ...before, [key]: value }));
  const save = useMutation({
    mutationFn: () => {
      const { host, port, security, username, from, password } = draft;
      return api.put('/channels/mail-server', 'mailServerAnswer', { host, port, security, username, from, ...(password !== '' && { password }) });
    },
    onSuccess: async () => {
      say(t('mail.saved'));
      await client.invalidateQueries({ queryKey });
    },
  });
  return (
    <form
      style={{ display: 'grid', gap: 16, maxWidth: 480 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput label={t('mail.host')} value={draft.host} onChange={(event) => set('host', event.currentTarget.value)} required spellCheck={false} />
      <NumberInput label={t('mail.port')} value={draft.port} onChange={(value) => set('port', Number(value) || 0)} min={1} max={65_535} />
      <Select
        label={t('mail.security')}
        allowDeselect={false}
        value={draft.security}
        onChange={(value) => set('security', value as MailServer['security'])}
        data={(['starttls', 'tls', 'none'] as const).map((value) => ({ value, label: t(`mail.secure.${value}`) }))}
      />
      <TextInput label={t('mail.from')} type="email" value={draft.from} onChange={(event) => set('from', event.currentTarget.value)} required />
      <TextInput label={t('mail.username')} value={draft.username} onChange={(event) => set('username', event.currentTarget.value)} autoComplete="off" />
      <PasswordInput
        label={t('mail.password')}
        description={draft.hasPassword ? t('mail.passwordStays') : undefined}
        value={draft.password}
        onChange={(event) => set('password', event.currentTarget.value)}
        autoComplete="new-password"
      />
      {save.error !== null && (
        <p role="alert" style={{ color: 'var(--bad)' }}>
          {errorText(save.error)}
        </p>
      )}
      <Button type="submit" loading={save.isPending} style={{ justifySelf: 'start' }}>
        {t('save')}
      </Button>
    </form>
  );
};

import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core';
import type { ChannelView, Severity } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { SecretOnce } from '../../components/ui/secret-once.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { useChannelAct } from './queries.ts';

type Kind = ChannelView['kind'];
const newKinds: readonly Kind[] = ['email', 'webhook', 'ntfy', 'gotify'];
const severities: readonly Severity[] = ['info', 'warning', 'critical'];
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

const draftOf = (channel: ChannelView | null, language: string) => ({
  kind: channel?.kind ?? 'email',
  name: channel?.name ?? '',
  address: channel?.address ?? '',
  secret: '',
  nobody: false,
  minSeverity: channel?.minSeverity ?? 'warning',
  quiet: channel ? channel.quiet !== null : false,
  from: channel?.quiet?.from ?? '22:00',
  until: channel?.quiet?.until ?? '07:00',
  letsCritical: channel?.quiet?.letsCritical ?? true,
  timeZone: channel?.timeZone ?? here,
  language: channel?.language ?? (language === 'de' ? 'de' : 'en'),
  escalationStep: channel?.escalationStep ?? 0,
});

/** Adds a way to reach somebody, or changes what is told by one. */
export const ChannelDialog = ({ channel, onClose }: { channel: ChannelView | null; onClose: () => void }) => {
  const { t, i18n } = useTranslation(['channels', 'common']);
  const admin = useMay('admin');
  const errorText = useErrorText();
  const [draft, setDraft] = useState(draftOf(channel, i18n.language));
  const [secretShown, setSecretShown] = useState<string>();
  const set = <Key extends keyof typeof draft>(key: Key, value: (typeof draft)[Key]): void => setDraft((before) => ({ ...before, [key]: value }));

  const save = useChannelAct(async () => {
    const { kind, name, address, secret, nobody, quiet, from, until, letsCritical, minSeverity, timeZone, language, escalationStep } = draft;
    const preferences = {
      name: name.trim() || t(`channels:kind.${kind}`),
      minSeverity,
      quiet: quiet ? { from, until, letsCritical } : null,
      timeZone,
      language,
    };
    if (channel) {
      const target = { ...(address !== channel.address && { address }), ...(secret !== '' && { secret }) };
      const step = escalationStep === channel.escalationStep ? {} : { escalationStep };
      await api.patch(`/channels/${channel.id}`, 'channelView', { ...preferences, ...target, ...step });
      onClose();
      return;
    }
    const target = { kind, address: address.trim(), ...(secret !== '' && { secret }) };
    const made = await api.post('/channels', 'channelCreated', { ...preferences, escalationStep, target, ...(nobody && { userId: null }) });
    if (made.secret === null) onClose();
    else setSecretShown(made.secret);
  });
  const remove = useChannelAct(async () => {
    await api.act('DELETE', `/channels/${channel?.id}`);
    onClose();
  });

  if (secretShown !== undefined) {
    return (
      <Dialog onClose={onClose} title={t('channels:secretTitle')}>
        <SecretOnce secret={secretShown}>{t('channels:secretOnce')}</SecretOnce>
      </Dialog>
    );
  }
  const { kind } = draft;
  const leads = kind !== 'dashboard' && kind !== 'telegram' && admin;
  return (
    <Dialog onClose={onClose} title={channel ? t('channels:change') : t('channels:add')}>
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        {channel === null && (
          <Select
            label={t('channels:column.way')}
            allowDeselect={false}
            value={kind}
            onChange={(value) => set('kind', value as Kind)}
            data={newKinds.map((value) => ({ value, label: t(`channels:kind.${value}`) }))}
          />
        )}
        <TextInput label={t('channels:field.name')} value={draft.name} onChange={(event) => set('name', event.currentTarget.value)} />
        {leads && (
          <TextInput
            label={t(`channels:address.${kind as 'email'}`)}
            value={draft.address}
            onChange={(event) => set('address', event.currentTarget.value)}
            required
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {leads && kind !== 'email' && (
          <TextInput
            label={t('channels:field.secret')}
            description={t(channel?.hasSecret ? 'channels:secretStays' : `channels:secretHelp.${kind as 'webhook'}`)}
            type="password"
            value={draft.secret}
            onChange={(event) => set('secret', event.currentTarget.value)}
            autoComplete="new-password"
          />
        )}
        {channel === null && (
          <Switch label={t('channels:field.nobody')} checked={draft.nobody} onChange={(event) => set('nobody', event.currentTarget.checked)} />
        )}
        <Select
          label={t('channels:column.what')}
          allowDeselect={false}
          value={draft.minSeverity}
          onChange={(value) => set('minSeverity', value as Severity)}
          data={severities.map((value) => ({ value, label: t(`channels:from.${value}`) }))}
        />
        <Switch label={t('channels:field.quiet')} checked={draft.quiet} onChange={(event) => set('quiet', event.currentTarget.checked)} />
        {draft.quiet && (
          <>
            <div style={{ display: 'flex', gap: 8 }}>
              <TextInput label={t('channels:field.from')} type="time" value={draft.from} onChange={(event) => set('from', event.currentTarget.value)} />
              <TextInput label={t('channels:field.until')} type="time" value={draft.until} onChange={(event) => set('until', event.currentTarget.value)} />
            </div>
            <TextInput label={t('channels:field.timeZone')} value={draft.timeZone} onChange={(event) => set('timeZone', event.currentTarget.value)} />
            <Switch
              label={t('channels:field.letsCritical')}
              checked={draft.letsCritical}
              onChange={(event) => set('letsCritical', event.currentTarget.checked)}
            />
          </>
        )}
        <Select
          label={t('channels:field.language')}
          allowDeselect={false}
          value={draft.language}
          onChange={(value) => set('language', value as 'en' | 'de')}
          data={[
            { value: 'en', label: 'English' },
            { value: 'de', label: 'Deutsch' },
          ]}
        />
        {admin && kind !== 'dashboard' && (
          <NumberInput
            label={t('channels:field.step')}
            description={t('channels:stepHelp')}
            min={0}
            max={3}
            value={draft.escalationStep}
            onChange={(value) => set('escalationStep', Number(value) || 0)}
          />
        )}
        {save.error !== null && (
          <p role="alert" style={{ color: 'var(--bad)' }}>
            {errorText(save.error)}
          </p>
        )}
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
          {channel !== null && channel.kind !== 'dashboard' && (
            <Button variant="default" color="red" loading={remove.isPending} onClick={() => remove.mutate(undefined)} style={{ marginRight: 'auto' }}>
              {t('channels:remove')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('channels:save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

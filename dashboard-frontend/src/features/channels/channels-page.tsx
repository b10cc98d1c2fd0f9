import { Button, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconPlus } from '@tabler/icons-react';
import type { ChannelView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { ChannelDialog } from './channel-dialog.tsx';
import { Deliveries } from './deliveries.tsx';
import { MailServerForm } from './mail-server-form.tsx';
import { Telegram } from './telegram.tsx';
import { useChannelAct, useChannels } from './queries.ts';

/** Who is told of what, by which way, and when not. */
export const ChannelsPage = () => {
  const { t } = useTranslation(['channels', 'common']);
  const admin = useMay('admin');
  const query = useChannels();
  const [open, setOpen] = useState<ChannelView | 'new'>();
  const columns = useColumns(setOpen);
  const broken = query.data?.filter(({ enabled, lastError }) => enabled && lastError !== null).length ?? 0;
  return (
    <Page
      title={t('common:places.people')}
      sentence={query.data && query.data.length > 0 && (broken === 0 ? t('channels:well') : t('channels:broken', { count: broken }))}
      actions={
        admin && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
            {t('channels:add')}
          </Button>
        )
      }
    >
      <QueryView query={query}>
        {(rows) => (
          <Section title={t('channels:ways')}>
            {rows.length === 0 ? (
              <p className="quiet">{t('channels:none')}</p>
            ) : (
              <Table label={t('channels:ways')} columns={columns} rows={rows} rowKey={({ id }) => id} />
            )}
          </Section>
        )}
      </QueryView>
      {admin && <Telegram />}
      {admin && <MailServerForm />}
      {admin && <Deliveries />}
      {open !== undefined && <ChannelDialog channel={open === 'new' ? null : open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
};

const useColumns = (onEdit: (channel: ChannelView) => void): Column<ChannelView>[] => {
  const { t } = useTranslation('channels');
  return [
    { id: 'who', header: t('column.who'), cell: ({ user }) => user?.username ?? t('nobody') },
    {
      id: 'way',
      header: t('column.way'),
      phone: 'bare',
      cell: ({ kind, name, address }) => (
        <>
          {t(`kind.${kind}`)}
          {kind !== 'dashboard' && <p className="small quiet">{address === '' ? name : `${name} · ${address}`}</p>}
        </>
      ),
    },
    {
      id: 'what',
      header: t('column.what'),
      cell: ({ minSeverity, quiet, timeZone, escalationStep }) => (
        <>
          {t(`from.${minSeverity}`)}
          {quiet !== null && <p className="small quiet">{t('quietFor', { from: quiet.from, until: quiet.until, zone: timeZone })}</p>}
          {escalationStep > 0 && <p className="small quiet">{t('step', { count: escalationStep })}</p>}
        </>
      ),
    },
    { id: 'state', header: t('column.state'), cell: (channel) => <State channel={channel} /> },
    {
      id: 'actions',
      header: t('column.actions'),
      quietHeader: true,
      align: 'end',
      phone: 'corner',
      cell: (channel) => <Actions channel={channel} onEdit={() => onEdit(channel)} />,
    },
  ];
};

const State = ({ channel: { enabled, lastError, waiting } }: { channel: ChannelView }) => {
  const { t } = useTranslation('channels');
  const waits = waiting > 0 ? ` · ${t('waiting', { count: waiting })}` : '';
  if (!enabled) return <StateWord tone="idle">{t('off')}</StateWord>;
  if (lastError !== null) {
    return (
      <>
        <StateWord tone="bad">{t('fails') + waits}</StateWord>
        <p className="small quiet">{lastError}</p>
      </>
    );
  }
  return <StateWord tone="ok">{t('works') + waits}</StateWord>;
};

const Actions = ({ channel, onEdit }: { channel: ChannelView; onEdit: () => void }) => {
  const { t } = useTranslation('channels');
  const { id, name, enabled, kind } = channel;
  const test = useMutation({
    mutationFn: () => api.post(`/channels/${id}/test`, 'channelTest'),
    onSuccess: ({ ok, tookMs, error }) => (ok ? say(t('tested', { ms: tookMs })) : sayError(new Error(error ?? ''))),
    onError: sayError,
  });
  const turn = useChannelAct((on: boolean) => api.patch(`/channels/${id}`, 'channelView', { enabled: on }));
  return (
    <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
      {kind !== 'dashboard' && (
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('test')}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={onEdit}>
        {t('edit')}
      </Button>
      <Switch aria-label={t('enabledOf', { name })} checked={enabled} onChange={(event) => turn.mutate(event.currentTarget.checked)} />
    </span>
  );
};

import { Button } from '@mantine/core';
import type { BackupTargetView, BackupView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import type { Column } from '../../components/ui/table.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { useRun } from './use-backups.ts';

/** A backup a row: what is in it, whether it is known to restore, and the ways to find out. */
export const useBackupColumns = (targets: readonly BackupTargetView[], busy: boolean): Column<BackupView>[] => {
  const { t } = useTranslation('backups');
  const format = useFormat();
  const run = useRun();
  return [
    { id: 'taken', header: t('column.taken'), width: '170px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
    { id: 'where', header: t('column.where'), cell: ({ targetId }) => targets.find(({ id }) => id === targetId)?.name ?? '–' },
    {
      id: 'content',
      header: t('column.content'),
      cell: ({ documents, conversations, people, bytes, newBytes }) => (
        <span className="num">
          {t('content', { documents, conversations, people })}
          <span className="small quiet"> · {t('sizes', { size: format.bytes(bytes), added: format.bytes(newBytes) })}</span>
        </span>
      ),
    },
    { id: 'proof', header: t('column.proof'), cell: (backup) => <Proof backup={backup} /> },
    {
      id: 'actions',
      header: t('column.actions'),
      phone: 'bare',
      cell: ({ id, targetId }) => (
        <span style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          <Button variant="default" size="compact-sm" disabled={busy} onClick={() => run.mutate({ kind: 'drill', targetId, backupId: id })}>
            {t('drill')}
          </Button>
          <Button variant="default" size="compact-sm" disabled={busy} onClick={() => run.mutate({ kind: 'verify', targetId, backupId: id })}>
            {t('verify')}
          </Button>
        </span>
      ),
    },
  ];
};

const Proof = ({ backup: { drilledAt, drilledOk, drillMs, verifiedAt, verifiedOk, problem } }: { backup: BackupView }) => {
  const { t } = useTranslation('backups');
  const format = useFormat();
  if (drilledOk === false || verifiedOk === false)
    return (
      <div>
        <StateWord tone="bad">{t('proof.bad')}</StateWord>
        <p className="small" style={{ overflowWrap: 'anywhere' }}>
          {problem}
        </p>
      </div>
    );
  if (drilledAt !== null)
    return (
      <span>
        <StateWord tone="ok">{t('proof.drilled', { time: format.duration(drillMs ?? 0) })}</StateWord> <RelativeTime at={drilledAt} />
      </span>
    );
  if (verifiedAt !== null)
    return (
      <span>
        <StateWord tone="idle">{t('proof.verified')}</StateWord> <RelativeTime at={verifiedAt} />
      </span>
    );
  return <StateWord tone="idle">{t('proof.none')}</StateWord>;
};

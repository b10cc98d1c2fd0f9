import { Button } from '@mantine/core';
import type { BackupRunView, BackupTargetView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmByName } from '../../components/ui/confirm-by-name.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { TargetDialog } from './target-dialog.tsx';
import { refreshBackups, useRun } from './use-backups.ts';
import styles from './backups.module.css';

/** A place for backups: what it holds, how long it lasts, and “Make a backup”. */
export const TargetRow = ({ target, running }: { target: BackupTargetView; running: BackupRunView | undefined }) => {
  const { t } = useTranslation(['backups', 'common']);
  const format = useFormat();
  const run = useRun();
  const [open, setOpen] = useState<'change' | 'remove'>();
  const { id, name, kind, folder, freeBytes, usedBytes, daysLeft, nextDueAt } = target;
  const isAway = kind === 'folder' && freeBytes === null;
  const facts = [
    t('backups:target.used', { size: format.bytes(usedBytes) }),
    freeBytes === null ? null : t('backups:target.free', { size: format.bytes(freeBytes) }),
    daysLeft === null ? null : t('backups:target.days', { count: daysLeft }),
    nextDueAt === null ? t('backups:target.byHand') : t('backups:target.next', { at: format.absolute(Date.parse(nextDueAt)) }),
  ];
  return (
    <div className={styles.target}>
      <div>
        <h3>{name}</h3>
        <p className="small quiet num" style={{ overflowWrap: 'anywhere' }}>
          {folder}
        </p>
        <p className="small quiet">{facts.filter(Boolean).join(' · ')}</p>
        {isAway && <StateWord tone="bad">{t('backups:target.away')}</StateWord>}
      </div>
      <div className={styles.actions}>
        <Button disabled={isAway || running !== undefined} loading={run.isPending} onClick={() => run.mutate({ kind: 'backup', targetId: id })}>
          {t('backups:target.make')}
        </Button>
        <Button variant="default" onClick={() => setOpen('change')}>
          {t('backups:target.change')}
        </Button>
        <Button variant="default" onClick={() => setOpen('remove')}>
          {t('backups:target.remove')}
        </Button>
      </div>
      {open === 'change' && <TargetDialog target={target} onClose={() => setOpen(undefined)} />}
      {open === 'remove' && (
        <ConfirmByName
          title={t('backups:target.removeTitle', { name })}
          name={name}
          label={t('backups:target.name')}
          action={t('backups:target.remove')}
          onClose={() => setOpen(undefined)}
          onConfirm={() => {
            setOpen(undefined);
            api.act('DELETE', `/backups/targets/${id}`).then(refreshBackups, sayError);
          }}
        >
          {t('backups:target.removeText')}
        </ConfirmByName>
      )}
    </div>
  );
};

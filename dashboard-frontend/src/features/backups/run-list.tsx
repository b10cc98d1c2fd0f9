import { Button } from '@mantine/core';
import type { BackupRunView, BackupTargetView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { isOpen, useCancel } from './use-backups.ts';
import styles from './backups.module.css';

const tones: Record<BackupRunView['state'], Tone> = { waiting: 'idle', running: 'busy', done: 'ok', failed: 'bad', cancelled: 'idle' };

/** What is being done and was done about backups, newest first. */
export const RunList = ({ runs, targets }: { runs: readonly BackupRunView[]; targets: readonly BackupTargetView[] }) => {
  const { t } = useTranslation(['backups', 'common']);
  const format = useFormat();
  const cancel = useCancel();
  return (
    <ul style={{ listStyle: 'none', padding: 0 }}>
      {runs.map((run) => {
        const { id, kind, state, phase, doneBytes, totalBytes, error, summary, requestedAt, requestedBy } = run;
        const target = targets.find((one) => one.id === run.targetId)?.name ?? '';
        const name = t(`backups:kind.${kind}`, { name: target });
        return (
          <li key={id} className={styles.run}>
            <div style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px', alignItems: 'center' }}>
              <StateWord tone={tones[state]}>{t(`backups:state.${state}`)}</StateWord>
              <span>{name}</span>
              <span className="small quiet">
                <RelativeTime at={requestedAt} /> · {requestedBy ?? t('backups:bySchedule')}
              </span>
              {isOpen(run) && (
                <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate(id)}>
                  {t('common:cancel')}
                </Button>
              )}
            </div>
            {state === 'running' && (
              <>
                <Bar share={totalBytes > 0 ? doneBytes / totalBytes : undefined} label={name} />
                <span className="small quiet num">
                  {t(`backups:phase.${(phase ?? 'starting') as 'starting'}`, { defaultValue: phase ?? '' })}
                  {totalBytes > 0 && ` · ${t('backups:of', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })}`}
                </span>
              </>
            )}
            {(error ?? summary) !== null && (
              <span className={error === null ? 'small quiet' : 'small'} style={{ color: error === null ? undefined : 'var(--bad)', overflowWrap: 'anywhere' }}>
                {error ?? summary}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
};

import type { GoldenRun } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../components/ui/states.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './quality.module.css';

/** Each run as a bar, the newest at the right: the share of questions that find their page among the first five. */
export const Trend = ({ runs, onOpen }: { runs: readonly GoldenRun[]; onOpen: (id: string) => void }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  if (runs.length === 0) return <Empty title={t('trend.none')}>{t('trend.noneText')}</Empty>;
  return (
    <>
      <ol className={styles.trend} aria-label={t('trend.title')}>
        {runs.toReversed().map((run) => {
          const share = run.questions === 0 ? 0 : run.foundAt5 / run.questions;
          const words = t('trend.run', {
            at: format.absolute(Date.parse(run.createdAt)),
            why: t(`trigger.${run.trigger}`),
            found: run.foundAt5,
            count: run.questions,
            rank: format.number(run.meanReciprocalRank, 2),
            model: run.embedModel ?? t('trend.wordsOnly'),
          });
          return (
            <li key={run.id}>
              <button type="button" onClick={() => onOpen(run.id)} aria-label={words} title={words} data-degraded={run.degraded || undefined}>
                <span style={{ height: `${Math.max(2, share * 100)}%` }} />
              </button>
            </li>
          );
        })}
      </ol>
      <p className="small quiet">{t('trend.legend')}</p>
    </>
  );
};

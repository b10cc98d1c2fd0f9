import type { SystemOverview } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useConnection } from '../../lib/api/use-connection.ts';
import { useFormat, useNow } from '../../lib/format/use-format.ts';

/** The page's first words: true now, made of what was measured. Trouble comes before everything else. */
export const useSentence = (overview: SystemOverview | undefined): string => {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { awaySince } = useConnection();
  const present = useNow();
  if (overview === undefined) return '\u00a0';
  if (awaySince !== null) return t('sentence.away', { age: format.duration(Math.max(1000, present - Date.parse(overview.at))) });
  const { problems, counts, now, model } = overview;
  const serious = problems.filter(({ severity }) => severity !== 'info').length;
  const waiting = counts.jobs.pending + counts.jobs.processing;
  const busy = counts.documents.pending + counts.documents.indexing;
  const hottest = now.temperature.state === 'ok' ? Math.max(...now.temperature.sensors.map(({ celsius }) => celsius)) : Number.NaN;
  return [
    serious === 0 ? t('sentence.well') : t('sentence.problems', { count: serious }),
    waiting > 0 ? t('sentence.questions', { count: waiting }) : t('sentence.noQuestions'),
    busy > 0 ? t('sentence.indexing', { count: busy }) : '',
    Number.isFinite(hottest) ? `${format.celsius(hottest)}.` : '',
    counts.documents.indexed > 0 ? t('sentence.documents', { count: counts.documents.indexed, passages: format.number(counts.passages) }) : '',
    model.chat === null ? t('sentence.noModel') : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
};

import { NumberInput, SegmentedControl, Switch } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SearchExplained } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { ExplainedHits } from './explained-hits.tsx';
import styles from './quality.module.css';
import { StageLists } from './stage-lists.tsx';

const weightNames = ['meaning', 'name', 'feedback'] as const;
type Weights = Partial<Record<(typeof weightNames)[number], number>>;
const modes = ['hybrid', 'words', 'meaning'] as const;

interface Props {
  query: string;
  title: string | undefined;
  /** Its settings can be changed; else the box's own are used. */
  tunable: boolean;
}

/** One search with its settings and everything that led to its order. */
export const ExplainedSearch = ({ query, title, tunable }: Props) => {
  const { t } = useTranslation('quality');
  const [weights, setWeights] = useState<Weights>({});
  const [mode, setMode] = useState<(typeof modes)[number]>('hybrid');
  const [fold, setFold] = useState(true);
  const [rerank, setRerank] = useState(true);
  const body = { query, mode, fold, rerank, limit: 10, weights };
  const result = useQuery({
    queryKey: ['search', 'explain', body],
    queryFn: ({ signal }) => api.post('/search/explain', 'searchExplained', body, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <section className={styles.column} aria-label={title ?? t('test.result')}>
      {title !== undefined && <h2>{title}</h2>}
      {tunable && (
        <div className={styles.weights}>
          <SegmentedControl
            style={{ gridColumn: '1 / -1' }}
            aria-label={t('test.mode')}
            value={mode}
            onChange={(value) => setMode(value)}
            data={modes.map((value) => ({ value, label: t(`test.modes.${value}`) }))}
          />
          {weightNames.map((name) => (
            <NumberInput
              key={name}
              size="xs"
              label={t(`test.weight.${name}`)}
              value={weights[name] ?? result.data?.weights[name] ?? ''}
              onChange={(value) => setWeights({ ...weights, [name]: typeof value === 'number' ? value : undefined })}
              min={0}
              max={1}
              step={0.05}
              decimalScale={2}
              disabled={mode !== 'hybrid'}
            />
          ))}
          <Switch label={t('test.fold')} checked={fold} onChange={(event) => setFold(event.currentTarget.checked)} mt={24} />
          <Switch
            label={t('test.rerank')}
            checked={rerank && mode !== 'words'}
            onChange={(event) => setRerank(event.currentTarget.checked)}
            disabled={mode === 'words'}
            mt={24}
          />
        </div>
      )}
      <QueryView query={result}>
        {(found) => (
          <>
            <Understood found={found} />
            <ExplainedHits found={found} />
            <StageLists found={found} />
          </>
        )}
      </QueryView>
    </section>
  );
};

/** How the question was read, and where the time went. */
const Understood = ({ found }: { found: SearchExplained }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const { question, times, searched, folded, off, evidence, model, rerankModel } = found;
  const ms = (value: number) => `${format.number(value, 1)} ms`;
  return (
    <div className="small quiet">
      <p>
        {t('test.searched', { count: searched, languages: question.languages.join(', ') })} {folded > 0 && t('test.folded', { count: folded })}
      </p>
      <p>
        {t('test.words')}: {question.terms.map(({ forms, passages }) => `${forms[0]} (${passages})`).join(', ') || '–'}
        {question.phrases.length > 0 && ` · ${t('test.phrases')}: ${question.phrases.map((phrase) => `“${phrase}”`).join(', ')}`}
      </p>
      <p>
        {t('test.evidence')}: {t('test.evidenceWords', { share: format.percent(100 * evidence.words) })}
        {evidence.meaning !== null && ` · ${t('test.evidenceMeaning', { cosine: format.number(evidence.meaning, 2) })}`}
        {evidence.names !== null && ` · ${t('test.evidenceNames', { share: format.percent(100 * evidence.names) })}`}
      </p>
      <p className="num">
        {t('test.times', {
          embed: ms(times.embedMs),
          words: ms(times.wordsMs),
          meaning: ms(times.meaningMs),
          fusion: ms(times.fusionMs),
          read: ms(times.readMs),
          all: ms(found.tookMs),
        })}
        {rerankModel !== null && ` ${t('test.rerankTime', { time: ms(times.rerankMs), model: rerankModel })}`}
        {model !== null && ` · ${model}`}
      </p>
      {off.map(({ stage, reason }) => (
        <p key={stage}>{t('test.off', { stage: t(`test.stage.${stage as 'meaning'}`), reason })}</p>
      ))}
    </div>
  );
};

import { Link } from '@tanstack/react-router';
import type { SearchExplained } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Marked } from '../../components/ui/marked.tsx';
import { excerpt } from '../../lib/excerpt.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './quality.module.css';

/** The passages in their order, each with the scores that put it there. */
export const ExplainedHits = ({ found }: { found: SearchExplained }) => {
  const { t } = useTranslation(['quality', 'common']);
  const format = useFormat();
  if (found.items.length === 0) return <p className="quiet">{t('quality:test.nothing')}</p>;
  const score = (value: number | null) => (value === null ? '–' : format.number(value, 2));
  const place = (value: number | null) => (value === null ? t('quality:test.beyond') : t('quality:test.place', { place: value }));
  return (
    <ol className={styles.hits} aria-label={t('quality:test.result')}>
      {found.items.map((hit, at) => (
        <li key={hit.passageId} className={styles.hit}>
          <header>
            <b className="num">{at + 1}</b>
            <Link to="/documents/$documentId" params={{ documentId: hit.documentId }} search={{ page: hit.page, passage: hit.passageId }}>
              {t('common:fileAndPage', { file: hit.filename, page: hit.page })}
            </Link>
            <span className="quiet num">{score(hit.scores.fused)}</span>
          </header>
          <p className={styles.why}>
            <span>
              {t('quality:test.stage.words')} {score(hit.scores.words)} ({place(hit.places.words)})
            </span>
            <span>
              {t('quality:test.stage.meaning')} {score(hit.scores.meaning)} ({place(hit.places.meaning)})
            </span>
            {hit.places.feedback !== null && (
              <span>
                {t('quality:test.stage.feedback')} {place(hit.places.feedback)}
              </span>
            )}
            {hit.scores.rerank !== null && (
              <span>
                {t('quality:test.stage.rerank')} {score(hit.scores.rerank)} ({place(hit.places.rerank)})
              </span>
            )}
            {hit.scores.name > 0 && <span>{t('quality:test.named', { score: score(hit.scores.name) })}</span>}
          </p>
          <p className={styles.excerpt}>
            <Marked {...excerpt(hit.text, hit.highlights)} />
          </p>
        </li>
      ))}
    </ol>
  );
};

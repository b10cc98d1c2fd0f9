import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Marked } from '../../components/ui/marked.tsx';
import { api } from '../../lib/api/client.ts';
import { startOfDay } from '../../lib/days.ts';
import { excerpt } from '../../lib/excerpt.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './documents.module.css';
import type { SearchFilters } from './list-options.ts';
import { filtersOf } from './search-request.ts';

const SHOWN = 20;

/** Passages of documents that are being read come in while somebody looks for them; a search by words costs milliseconds. */
const REFRESH_MS = 3_000;

/** The passages that hold the words, the best first, each a way to its page. */
export const Found = ({ query, filters }: { query: string; filters: SearchFilters }) => {
  const { t } = useTranslation(['documents', 'common']);
  const format = useFormat();
  const result = useQuery({
    queryKey: ['search', 'words', query, filters],
    queryFn: ({ signal }) => api.post('/search', 'searchAnswer', { query, mode: 'words', limit: SHOWN, ...filtersOf(filters) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const { asof, ...others } = filters;
  const none =
    asof !== undefined
      ? t('documents:noHitsThen', { q: query, day: format.day(startOfDay(asof).getTime()) })
      : t(Object.values(others).some((value) => value !== undefined) ? 'documents:noHitsNarrowed' : 'documents:noHits', { q: query });
  return (
    <section className={styles.found} aria-label={t('documents:inside')}>
      <QueryView query={result}>
        {({ items, tookMs }) => (
          <>
            <h2 className={styles.foundTitle}>
              {t('documents:inside')}
              <span className="small quiet num" role="status">
                {t('documents:hits', { count: items.length, time: format.duration(tookMs) })}
              </span>
            </h2>
            {items.length === 0 && <p className={styles.none}>{none}</p>}
            <ul className={styles.hits}>
              {items.map((hit) => (
                <li key={hit.passageId}>
                  <Link to="/documents/$documentId" params={{ documentId: hit.documentId }} search={{ page: hit.page, passage: hit.passageId }}>
                    <span className={styles.hitPlace}>
                      <span className="clip">{hit.filename}</span>
                      <span className="num">{t('documents:page', { page: hit.page })}</span>
                    </span>
                    <span className={styles.hitText}>
                      <Marked {...excerpt(hit.text, hit.highlights)} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </>
        )}
      </QueryView>
    </section>
  );
};

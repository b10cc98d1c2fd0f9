import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { DocumentView, PassageView, SearchHit } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Marked } from '../../components/ui/marked.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { excerpt } from '../../lib/excerpt.ts';
import styles from './document-page.module.css';

const EACH = 60;
const FOUND = 50;

interface Props {
  document: DocumentView;
  page: number | undefined;
  chosen: string | undefined;
  onOpen: (passage: PassageView) => void;
}

/** What was read from a document, passage by passage, or those that hold some words. */
export const Passages = ({ document, page, chosen, onOpen }: Props) => {
  const { t } = useTranslation('documents');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  return (
    <section className={styles.passages} aria-label={t('passagesTitle')}>
      <div className={styles.passagesHead}>
        <TextInput
          data-page-search
          size="sm"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
          placeholder={t('searchHere')}
          aria-label={t('searchHere')}
          leftSection={<IconSearch size={16} stroke={1.6} />}
        />
      </div>
      {q === '' ? (
        <All document={document} page={page} chosen={chosen} onOpen={onOpen} />
      ) : (
        <Hits documentId={document.id} q={q} chosen={chosen} onOpen={onOpen} />
      )}
    </section>
  );
};

const All = ({ document, page, chosen, onOpen }: Props) => {
  const { t } = useTranslation(['documents', 'common']);
  const format = useFormat();
  // A passage that was opened shows with its page; otherwise all from the beginning.
  const [only, setOnly] = useState(page);
  const shown = only === undefined ? undefined : page;
  const query = useInfiniteQuery({
    queryKey: ['passages', document.id, shown, document.status === 'indexed' ? 'done' : document.passages],
    queryFn: ({ pageParam }) => api.page(`/documents/${document.id}/passages`, 'passageView', { query: { limit: EACH, page: shown, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const items = pages.flatMap((each) => each.items);
        return (
          <ul className={styles.list}>
            {shown !== undefined && (
              <li className={styles.only}>
                {t('documents:onPage', { page: shown })}
                <Button size="compact-xs" variant="default" onClick={() => setOnly(undefined)}>
                  {t('documents:allPassages')}
                </Button>
              </li>
            )}
            {items.length === 0 && <li className={styles.none}>{document.status === 'failed' ? t('documents:nothingRead') : t('documents:nothingYet')}</li>}
            {items.map((passage) => (
              <li key={passage.id}>
                <button type="button" className={styles.passage} onClick={() => onOpen(passage)} aria-current={passage.id === chosen || undefined}>
                  <span className={styles.place}>
                    <span className="clip">{passage.heading ?? ''}</span>
                    <span className="num">{t('documents:page', { page: passage.page })}</span>
                  </span>
                  {passage.ocrConfidence !== null && (
                    <span className="small quiet num">{t('documents:pictures.sure', { confidence: format.percent(passage.ocrConfidence * 100) })}</span>
                  )}
                  <span className={styles.text}>{passage.text}</span>
                </button>
              </li>
            ))}
            {query.hasNextPage && (
              <li>
                <Button variant="subtle" color="gray" fullWidth loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('common:showMore')}
                </Button>
              </li>
            )}
          </ul>
        );
      }}
    </QueryView>
  );
};

const asPassage = ({ passageId, page, pageEnd, heading, text, boxes }: SearchHit): PassageView => ({
  id: passageId,
  index: 0,
  page,
  pageEnd,
  heading,
  text,
  boxes,
  ocrConfidence: null,
});

const Hits = ({ documentId, q, chosen, onOpen }: { documentId: string; q: string; chosen: string | undefined; onOpen: (passage: PassageView) => void }) => {
  const { t } = useTranslation('documents');
  const query = useQuery({
    queryKey: ['search', 'words', q, documentId],
    queryFn: ({ signal }) => api.post('/search', 'searchAnswer', { query: q, mode: 'words', limit: FOUND, documentIds: [documentId] }, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <QueryView query={query}>
      {({ items }) => (
        <ul className={styles.list}>
          {items.length === 0 && <li className={styles.none}>{t('noHits', { q })}</li>}
          {items.map((hit) => (
            <li key={hit.passageId}>
              <button type="button" className={styles.passage} onClick={() => onOpen(asPassage(hit))} aria-current={hit.passageId === chosen || undefined}>
                <span className={styles.place}>
                  <span className="clip">{hit.heading ?? ''}</span>
                  <span className="num">{t('page', { page: hit.page })}</span>
                </span>
                <span className={styles.text}>
                  <Marked {...excerpt(hit.text, hit.highlights)} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  );
};

import { ActionIcon, Select } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { PageContent } from './page-content.tsx';
import styles from './pages-view.module.css';
import type { Focus } from './pdf-view.tsx';

/** As many names as a list can be looked through; the arrows reach the others. */
const NAMES = 200;

interface Props {
  document: { id: string; pages?: number };
  focus: Focus | undefined;
  quote: string | undefined;
  actions?: React.ReactNode;
}

/** A document whose original no browser shows, page by page as it was read: sheets, slides, chapters, an e-mail. */
export const PagesView = ({ document, focus, quote, actions }: Props) => {
  const { t } = useTranslation('documents');
  const [page, setPage] = useState(focus?.page ?? 1);
  const [other, setOther] = useState(false);
  useEffect(() => {
    if (focus === undefined) return;
    setPage(focus.page);
    setOther(false);
  }, [focus]);
  const names = useQuery({
    queryKey: ['pages', document.id, document.pages],
    queryFn: ({ signal }) => api.page(`/documents/${document.id}/pages`, 'documentPageView', { query: { limit: NAMES }, signal }),
    staleTime: 30_000,
  });
  const query = useQuery({
    queryKey: ['page', document.id, document.pages, page],
    queryFn: ({ signal }) => api.get(`/documents/${document.id}/pages/${page}`, 'documentPageContent', { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const listed = names.data?.items ?? [];
  const count = Math.max(document.pages ?? 0, listed.at(-1)?.page ?? 1);
  const goTo = (next: number) => {
    setPage(Math.min(Math.max(1, next), count));
    setOther(true);
  };
  return (
    <div className={styles.view}>
      <div className={styles.toolbar} role="toolbar" aria-label={t('viewer.toolbar')}>
        {count > 1 && (
          <span className={styles.pages}>
            <ActionIcon aria-label={t('viewer.previous')} disabled={page <= 1} onClick={() => goTo(page - 1)} size="md">
              <IconChevronLeft size={17} />
            </ActionIcon>
            <Select
              size="xs"
              className={styles.select}
              aria-label={t('viewer.part')}
              searchable={listed.length > 12}
              allowDeselect={false}
              value={String(page)}
              onChange={(value) => goTo(Number(value ?? 1))}
              data={(listed.some((each) => each.page === page) ? listed : [...listed, { page, name: null }]).map((each) => ({
                value: String(each.page),
                label: each.name ?? t('viewer.partNumber', { page: each.page }),
              }))}
            />
            <ActionIcon aria-label={t('viewer.next')} disabled={page >= count} onClick={() => goTo(page + 1)} size="md">
              <IconChevronRight size={17} />
            </ActionIcon>
            <span className="num small quiet">{t('viewer.partOf', { page, count })}</span>
          </span>
        )}
        <span className={styles.actions}>{actions}</span>
      </div>
      <QueryView query={query}>
        {(content) => (
          <div className={styles.scroll} tabIndex={0} key={content.page}>
            <div className={styles.sheet} data-wide={content.blocks.some(({ cells }) => cells !== undefined && cells.length > 4) || undefined}>
              {content.blocks.length === 0 ? (
                <p className="quiet">{t('viewer.emptyPart')}</p>
              ) : (
                <PageContent page={content} quote={other ? undefined : quote} />
              )}
            </div>
          </div>
        )}
      </QueryView>
    </div>
  );
};

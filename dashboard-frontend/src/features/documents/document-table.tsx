import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { DocumentView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient, useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import type { DocumentFilter, DocumentSort } from './list-options.ts';
import { DocumentActions } from './document-actions.tsx';
import { DocumentState } from './document-state.tsx';
import styles from './documents.module.css';
import { useUploads } from './uploads.ts';

const EACH = 50;
const WORKING_MS = 1_500;
const RESTING_MS = 20_000;

const working = ({ status }: DocumentView): boolean => status === 'pending' || status === 'indexing';

interface Props {
  q: string | undefined;
  folderId: string | undefined;
  status: DocumentFilter | undefined;
  sort: DocumentSort;
  onChoose: () => void;
  mayAdd: boolean;
}

/** The documents by name, with what is being done to them. */
export const DocumentTable = ({ q, folderId, status, sort, onChoose, mayAdd }: Props) => {
  const { t } = useTranslation(['documents', 'common']);
  const navigate = useNavigate();
  const columns = useColumns();
  const uploading = useUploads().length > 0;
  const query = useInfiniteQuery({
    queryKey: ['documents', 'list', q, folderId, status, sort],
    queryFn: ({ pageParam, signal }) =>
      api.page('/documents', 'documentView', {
        query: { q, folderId, below: q === undefined || folderId === undefined ? undefined : true, status, sort, limit: EACH, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(working)) ? WORKING_MS : RESTING_MS),
  });
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0) {
          if (q !== undefined) return <p className={styles.none}>{t('documents:noneNamed', { q })}</p>;
          if (status !== undefined) return <p className={styles.none}>{t('documents:noneInState')}</p>;
          if (folderId !== undefined) return <p className={styles.none}>{t('documents:noneInFolder')}</p>;
          return uploading ? null : <NoDocuments onChoose={onChoose} mayAdd={mayAdd} />;
        }
        return (
          <>
            {q !== undefined && <h2 className={styles.foundTitle}>{t('documents:named')}</h2>}
            <Table
              label={t('common:places.documents')}
              columns={columns}
              rows={rows}
              rowKey={({ id }) => id}
              onOpen={({ id }) => void navigate({ to: '/documents/$documentId', params: { documentId: id } })}
            />
            {query.hasNextPage && (
              <div className={styles.moreRow}>
                <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('common:showMore')}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </QueryView>
  );
};

const useColumns = (): Column<DocumentView>[] => {
  const { t } = useTranslation('documents');
  const format = useFormat();
  return [
    {
      id: 'name',
      header: t('column.name'),
      phone: 'bare',
      width: '30%',
      cell: ({ id, filename }) => (
        <Link to="/documents/$documentId" params={{ documentId: id }} className={styles.name}>
          {filename}
        </Link>
      ),
    },
    { id: 'state', header: t('column.state'), phone: 'bare', width: '30%', cell: (document) => <DocumentState document={document} /> },
    { id: 'pages', header: t('column.pages'), align: 'end', phone: 'no', cell: ({ pages }) => (pages === 0 ? '–' : format.number(pages)) },
    { id: 'passages', header: t('column.passages'), align: 'end', phone: 'no', cell: ({ passages }) => (passages === 0 ? '–' : format.number(passages)) },
    {
      id: 'size',
      header: t('column.size'),
      align: 'end',
      phone: 'no',
      cell: ({ sizeBytes }) => <span style={{ whiteSpace: 'nowrap' }}>{format.bytes(sizeBytes)}</span>,
    },
    {
      id: 'added',
      header: t('column.added'),
      phone: 'no',
      cell: ({ createdAt, ownerName }) => (
        <span className={styles.added}>
          <RelativeTime at={createdAt} />
          {ownerName !== null && <span className="small quiet clip">{ownerName}</span>}
        </span>
      ),
    },
    {
      id: 'facts',
      header: t('column.pages'),
      phone: 'only',
      cell: ({ pages, sizeBytes, createdAt }) => (
        <span className={styles.facts}>
          {pages > 0 && <span>{t('pages', { count: pages })}</span>}
          <span>{format.bytes(sizeBytes)}</span>
          <RelativeTime at={createdAt} />
        </span>
      ),
    },
    {
      id: 'actions',
      header: t('column.actions'),
      quietHeader: true,
      align: 'end',
      phone: 'corner',
      cell: (document) => <DocumentActions document={document} />,
    },
  ];
};

/** The first thing a new box shows here: what to do, and a manual to try it on. */
const NoDocuments = ({ onChoose, mayAdd }: { onChoose: () => void; mayAdd: boolean }) => {
  const { t } = useTranslation('documents');
  const mayLoadManual = useMay('user');
  const manual = useMutation({
    mutationFn: () => api.act('POST', '/documents/sample', { body: {} }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['documents'] }),
    onError: sayError,
  });
  return (
    <div className={styles.empty}>
      <Empty
        title={t('empty.title')}
        action={
          mayAdd && (
            <>
              <Button onClick={onChoose}>{t('empty.choose')}</Button>
              {mayLoadManual && (
                <Button variant="default" onClick={() => manual.mutate()} loading={manual.isPending}>
                  {t('empty.manual')}
                </Button>
              )}
            </>
          )
        }
      >
        {mayAdd ? t('empty.text') : t('empty.viewer')}
      </Empty>
    </div>
  );
};

import { Button } from '@mantine/core';
import { IconChevronLeft, IconMessageCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { DocumentView, PassageView } from '#contracts';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { DocumentViewer, type Focus } from '../viewer/index.ts';
import { DocumentActions } from './document-actions.tsx';
import styles from './document-page.module.css';
import { DocumentState } from './document-state.tsx';
import { Versions } from './versions.tsx';
import { Passages } from './passages.tsx';

const WORKING_MS = 1_500;

const isAtWork = ({ status, pictures, hasNewerComing }: DocumentView): boolean =>
  status === 'pending' || status === 'indexing' || hasNewerComing || (status === 'indexed' && pictures !== null && pictures.due > 0);

/** A document: the original at the left, what was read from it at the right. */
export const DocumentPage = () => {
  const { documentId } = useParams({ from: '/shell/documents/$documentId' });
  const query = useQuery({
    queryKey: ['document', documentId],
    queryFn: () => api.get(`/documents/${documentId}`, 'documentView'),
    refetchInterval: ({ state }) => (state.data !== undefined && isAtWork(state.data) ? WORKING_MS : false),
  });
  return (
    <div className={styles.page} data-fills>
      <QueryView query={query}>{(document) => <Opened key={document.id} document={document} />}</QueryView>
    </div>
  );
};

const Opened = ({ document }: { document: DocumentView }) => {
  const { t } = useTranslation(['documents', 'common']);
  const format = useFormat();
  const navigate = useNavigate();
  const { page, passage } = useSearch({ from: '/shell/documents/$documentId' });
  const [chosen, setChosen] = useState<PassageView>();
  useTitle(document.filename);
  const focus = useMemo<Focus | undefined>(
    () => (chosen ? { page: chosen.page, boxes: chosen.boxes } : page === undefined ? undefined : { page, boxes: [] }),
    [chosen, page],
  );

  // The address names a passage: it is looked for among those of its page.
  const named = useQuery({
    queryKey: ['passages', document.id, page, 'named'],
    queryFn: () => api.page(`/documents/${document.id}/passages`, 'passageView', { query: { page, limit: 200 } }),
    enabled: passage !== undefined && page !== undefined,
    staleTime: Infinity,
  });
  useEffect(() => {
    const found = named.data?.items.find(({ id }) => id === passage);
    if (found) setChosen(found);
  }, [named.data, passage]);

  const open = (next: PassageView) => {
    setChosen(next);
    void navigate({ to: '/documents/$documentId', params: { documentId: document.id }, search: { page: next.page, passage: next.id }, replace: true });
  };
  return (
    <div className={styles.opened}>
      <header className={styles.head}>
        <Link to="/documents" className={styles.back} aria-label={t('documents:back')}>
          <IconChevronLeft size={20} />
        </Link>
        <div className={styles.title}>
          <h1 className="clip" title={document.filename}>
            {document.filename}
          </h1>
          {document.parent !== null && (
            <p className={styles.facts}>
              <Link to="/documents/$documentId" params={{ documentId: document.parent.id }} title={document.parent.path}>
                {t('documents:cameIn', { filename: document.parent.filename })}
              </Link>
            </p>
          )}
          {document.versionOf !== null && (
            <p className={styles.facts} role="status">
              {t('documents:versions.earlier')}{' '}
              <Link to="/documents/$documentId" params={{ documentId: document.versionOf }}>
                {t('documents:versions.toCurrent')}
              </Link>
            </p>
          )}
          <p className={styles.facts}>
            {[
              document.pages > 0 ? t('documents:pages', { count: document.pages }) : '',
              document.passages > 0 ? t('documents:passages', { count: document.passages, number: format.number(document.passages) }) : '',
              document.attachments > 0 ? t('documents:files', { count: document.attachments }) : '',
              format.bytes(document.sizeBytes),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <div className={styles.state}>
          <DocumentState document={document} />
          <Versions document={document} />
        </div>
        {document.passages > 0 && (
          <Button
            renderRoot={(root) => <Link {...root} to="/chat" search={{ document: document.id }} />}
            variant="default"
            leftSection={<IconMessageCircle size={16} />}
            className={styles.ask}
          >
            {t('documents:ask')}
          </Button>
        )}
        <DocumentActions document={document} onRemoved={() => void navigate({ to: '/documents' })} />
      </header>
      <div className={styles.body}>
        <div className={styles.viewer}>
          <DocumentViewer document={document} focus={focus} quote={chosen?.text} />
        </div>
        <Passages document={document} page={page} chosen={chosen?.id ?? passage} onOpen={open} />
      </div>
    </div>
  );
};

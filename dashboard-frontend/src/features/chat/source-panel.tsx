import type { Citation } from '#contracts';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Skeleton } from '../../components/ui/states.tsx';
import { api } from '../../lib/api/client.ts';
import styles from './chat.module.css';

const DocumentViewer = lazy(async () => ({ default: (await import('../viewer/index.ts')).DocumentViewer }));

/** The source of a citation beside the answer, at its page, with the passage marked. */
export const SourcePanel = ({ citation, onClose }: { citation: Citation; onClose: () => void }) => {
  const { t } = useTranslation(['chat', 'common']);
  const { documentId, passageId, page, boxes, filename, quote } = citation;
  const document = useQuery({ queryKey: ['document', documentId], queryFn: () => api.get(`/documents/${documentId}`, 'documentView') });
  const focus = useMemo(() => ({ page, boxes }), [page, boxes]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && window.document.querySelector('[role=dialog]') === null) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  const actions = (
    <Tooltip label={t('chat:source.open')}>
      <ActionIcon
        renderRoot={(root) => <Link {...root} to="/documents/$documentId" params={{ documentId }} search={{ page, passage: passageId }} />}
        aria-label={t('chat:source.open')}
        size="md"
      >
        <IconArrowsMaximize size={16} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <aside className={styles.source} aria-label={t('chat:source.label')}>
      <header className={styles.sourceHead}>
        <span className={styles.number}>{citation.marker}</span>
        <span className="clip" title={filename}>
          {filename}
        </span>
        <span className="quiet small num" style={{ flex: 'none' }}>
          {t('chat:source.page', { page })}
        </span>
        <ActionIcon aria-label={t('common:close')} onClick={onClose} size="md" autoFocus>
          <IconX size={17} />
        </ActionIcon>
      </header>
      <QueryView query={document}>
        {(found) => (
          <Suspense fallback={<Skeleton lines={10} />}>
            <div className={styles.sourceBody}>
              <DocumentViewer document={found} focus={focus} quote={quote} actions={actions} />
            </div>
          </Suspense>
        )}
      </QueryView>
    </aside>
  );
};

import type { Citation } from '#contracts';
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconChevronLeft, IconChevronRight, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Skeleton } from '../../components/ui/states.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { StateWord } from '../../components/ui/state-mark.tsx';
import styles from './chat.module.css';
import type { OpenSource } from './source-context.ts';

const DocumentViewer = lazy(async () => ({ default: (await import('../viewer/index.ts')).DocumentViewer }));

/** A passage that bears less than this of its sentence is worth comparing with it. */
const FIRM_SUPPORT = 0.75;

interface Props {
  source: OpenSource;
  /** Goes to another source of the same answer. */
  onOpen: (citation: Citation) => void;
  onClose: () => void;
}

/** The source of a citation beside the answer, at its page, with the passage marked, and a way to the answer's other sources. */
export const SourcePanel = ({ source, onOpen, onClose }: Props) => {
  const { citation, among, weakSearch } = source;
  const at = among.findIndex(({ marker }) => marker === citation.marker);
  const step = (by: -1 | 1) => among[at + by];
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
        {among.length > 1 && (
          <span className={styles.steps} role="group" aria-label={t('chat:source.others')}>
            {([-1, 1] as const).map((by) => (
              <Tooltip key={by} label={t(by < 0 ? 'chat:source.previous' : 'chat:source.next')}>
                <ActionIcon
                  aria-label={t(by < 0 ? 'chat:source.previous' : 'chat:source.next')}
                  aria-disabled={step(by) === undefined}
                  onClick={() => step(by) && onOpen(step(by)!)}
                  size="md"
                >
                  {by < 0 ? <IconChevronLeft size={17} /> : <IconChevronRight size={17} />}
                </ActionIcon>
              </Tooltip>
            ))}
            <span className="quiet small num" role="status">
              {t('chat:source.of', { at: at + 1, count: among.length })}
            </span>
          </span>
        )}
        <ActionIcon aria-label={t('common:close')} onClick={onClose} size="md" autoFocus>
          <IconX size={17} />
        </ActionIcon>
      </header>
      <Doubt support={citation.support} weakSearch={weakSearch} />
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

/** Why the reader should compare the passage with the sentence; nothing when there is no reason. */
const Doubt = ({ support, weakSearch }: { support: number; weakSearch: OpenSource['weakSearch'] }) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  const words = [
    ...(weakSearch === null ? [] : [t(`source.weak.${weakSearch}`)]),
    ...(support > 0 && support < FIRM_SUPPORT ? [t('source.weak.support', { support: format.percent(support * 100) })] : []),
  ];
  if (words.length === 0) return null;
  return (
    <p className={styles.doubt} role="note">
      <StateWord tone="warn">{t('source.weak.title')}</StateWord> {words.join(' ')}
    </p>
  );
};

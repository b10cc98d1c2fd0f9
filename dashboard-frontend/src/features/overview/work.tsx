import type { SystemOverview } from '#contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { Section } from '../../components/ui/page.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './overview.module.css';

const SHOWN = 5;

/** What the box works on: questions in line, documents being read with their progress. Nothing to do, nothing shown. */
export const Work = ({ counts }: { counts: SystemOverview['counts'] }) => {
  const { t } = useTranslation(['overview', 'documents']);
  const format = useFormat();
  const busy = counts.documents.pending + counts.documents.indexing;
  const { data } = useQuery({
    queryKey: ['documents', 'at-work'],
    queryFn: () => api.page('/documents', 'documentView', { query: { status: 'indexing', limit: SHOWN } }),
    enabled: busy > 0,
    refetchInterval: 2_000,
  });
  const { pending, processing } = counts.jobs;
  if (busy === 0 && pending + processing === 0) return null;
  return (
    <Section title={t('overview:work.title')}>
      <ul className={styles.work}>
        {pending + processing > 0 && (
          <li>
            <span>{processing > 0 ? t('overview:work.answering') : t('overview:work.noneAnswering')}</span>
            <span className="quiet num">{t('overview:work.waiting', { count: pending })}</span>
          </li>
        )}
        {busy > 0 &&
          data?.items.map((document) => (
            <li key={document.id}>
              <Link to="/documents/$documentId" params={{ documentId: document.id }} className="clip">
                {document.filename}
              </Link>
              <span className="quiet num">
                {t(`documents:stage.${document.stage}`)} {format.percent(Math.floor(document.progress * 100))}
              </span>
              <Bar share={document.progress} label={document.filename} />
            </li>
          ))}
        {busy > (data?.items.length ?? 0) && (
          <li>
            <span className="quiet">{t('overview:work.documentsWaiting', { count: busy - (data?.items.length ?? 0) })}</span>
          </li>
        )}
      </ul>
    </Section>
  );
};

import type { Citation } from '#contracts';
import { useTranslation } from 'react-i18next';
import styles from './message.module.css';
import { useSources } from './source-context.ts';

/** Each source once, by its number. */
export const SourceList = ({ citations }: { citations: readonly Citation[] }) => {
  const { t } = useTranslation(['chat', 'common']);
  const { opened, open } = useSources();
  if (citations.length === 0) return null;
  const sources = [...new Map(citations.map((citation) => [citation.marker, citation])).values()].sort((one, other) => one.marker - other.marker);
  return (
    <ol className={styles.sources} aria-label={t('chat:sources')}>
      {sources.map((citation) => (
        <li key={citation.marker}>
          <button type="button" onClick={() => open(citation)} data-open={opened?.passageId === citation.passageId || undefined}>
            <span className={styles.number}>{citation.marker}</span>
            <span className="clip">{citation.filename}</span>
            <span className={styles.page}>{t('chat:source.page', { page: citation.page })}</span>
          </button>
        </li>
      ))}
    </ol>
  );
};

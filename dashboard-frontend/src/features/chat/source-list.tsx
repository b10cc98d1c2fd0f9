import type { Citation } from '#contracts';
import { useTranslation } from 'react-i18next';
import styles from './message.module.css';
import { byMarker, useOpenSource } from './source-context.ts';

/** Each source once, by its number. */
export const SourceList = ({ citations }: { citations: readonly Citation[] }) => {
  const { t } = useTranslation(['chat', 'common']);
  const { opened, open } = useOpenSource();
  if (citations.length === 0) return null;
  return (
    <ol className={styles.sources} aria-label={t('chat:sources')}>
      {byMarker(citations).map((citation) => (
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

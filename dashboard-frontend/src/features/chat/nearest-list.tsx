import type { Citation, NearestPassage } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useSources } from './source-context.ts';
import styles from './message.module.css';

/** What came closest to a question that the documents do not answer: not sources, but where to look. */
export const NearestList = ({ nearest }: { nearest: readonly NearestPassage[] }) => {
  const { t } = useTranslation(['chat', 'common']);
  const { open } = useSources();
  if (nearest.length === 0) return null;
  const among = nearest.map((passage, index): Citation => ({ ...passage, marker: index + 1, support: 0 }));
  return (
    <section className={styles.nearest} aria-label={t('chat:nearest')}>
      <p className={styles.legend}>{t('chat:nearest')}</p>
      {nearest.map((passage, index) => (
        <blockquote key={passage.passageId}>
          <p>{passage.quote}</p>
          <button type="button" className={styles.nearestLink} onClick={() => open({ citation: among[index]!, among, weakSearch: 'unsure' })}>
            {t('common:fileAndPage', { file: passage.filename, page: passage.page })}
          </button>
        </blockquote>
      ))}
    </section>
  );
};

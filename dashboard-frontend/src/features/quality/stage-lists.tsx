import type { SearchExplained } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './quality.module.css';

/** The first candidates of each stage by itself, before they were put together. */
export const StageLists = ({ found }: { found: SearchExplained }) => {
  const { t } = useTranslation(['quality', 'common']);
  const format = useFormat();
  const shown = (['words', 'meaning', 'feedback', 'rerank'] as const).filter((stage) => found.stages[stage].length > 0);
  return (
    <details>
      <summary>{t('quality:test.stages')}</summary>
      <div className={styles.stages}>
        {shown.map((stage) => (
          <div key={stage}>
            <b>{t(`quality:test.stage.${stage}`)}</b>
            <ol>
              {found.stages[stage].map((hit) => (
                <li key={hit.passageId}>
                  {t('common:fileAndPage', { file: hit.filename, page: hit.page })} <span className="quiet">{format.number(hit.score, 2)}</span>
                </li>
              ))}
            </ol>
          </div>
        ))}
      </div>
    </details>
  );
};

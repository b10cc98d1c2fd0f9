import type { DocumentView } from '#contracts';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { StateMark, StateWord } from '../../components/ui/state-mark.tsx';
import { ApiError } from '../../lib/api/errors.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './documents.module.css';

/** Where a document stands, in words: its stage with a bar and an estimate, or why it failed. */
export const DocumentState = ({ document }: { document: DocumentView }) => {
  const { t } = useTranslation('documents');
  const format = useFormat();
  const errorText = useErrorText();
  const { status, stage, progress, etaMs, error, warnings, embedded, passages, duplicateOf, pictures } = document;
  if (status === 'failed') {
    return (
      <span className={styles.failed}>
        <StateMark tone="bad" />
        <span>
          {error === undefined ? t('failed') : errorText(new ApiError({ code: error.code as 'document_broken', message: error.message, status: 422 }))}
          {error?.page !== undefined && ` ${t('failedPage', { page: error.page })}`}
        </span>
      </span>
    );
  }
  if (status === 'indexed') {
    return (
      <span className={styles.ready}>
        <StateWord tone={warnings.length > 0 ? 'warn' : 'ok'}>{t('ready')}</StateWord>
        {duplicateOf !== null && (
          <span className="small quiet">
            <Link to="/documents/$documentId" params={{ documentId: duplicateOf }}>
              {t('sameAs')}
            </Link>
          </span>
        )}
        {pictures !== null && pictures.due > 0 && <span className="small quiet num">{t('pictures.due', { count: pictures.due })}</span>}
        {pictures !== null && pictures.due === 0 && pictures.confidence !== null && (
          <span className="small quiet num">
            {t('pictures.read', { count: pictures.pages - pictures.failed, confidence: format.percent(pictures.confidence * 100) })}
          </span>
        )}
        {warnings.length > 0 && (
          <span className="small quiet" title={warnings.join('\n')}>
            {t('warnings', { count: warnings.length })}
          </span>
        )}
      </span>
    );
  }
  const searchable = passages > 0 && stage !== 'reading' && stage !== 'queued';
  return (
    <span className={styles.working}>
      <span className={styles.stage}>
        <StateWord tone="busy">{t(`stage.${stage}`)}</StateWord>
        <span className="num small quiet">
          {[stage === 'queued' ? '' : format.percent(Math.floor(progress * 100)), etaMs === undefined ? '' : t('left', { time: format.estimate(etaMs) })]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Bar share={progress} label={t(`stage.${stage}`)} />
      {searchable && <span className="small quiet num">{t('wordsReady', { embedded: format.number(embedded), passages: format.number(passages) })}</span>}
    </span>
  );
};

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconRefresh, IconRosetteDiscountCheck } from '@tabler/icons-react';
import type { MessageView } from '#contracts';
import { memo, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/ui/copy-button.tsx';
import { useErrorText } from '../../lib/use-error-text.ts';
import { apiPath } from '../../lib/api/client.ts';
import { ApiError } from '../../lib/api/errors.ts';
import { StateMark, StateWord } from '../../components/ui/state-mark.tsx';
import { AnswerText } from './answer-text.tsx';
import { Feedback } from './feedback.tsx';
import { Recalled } from './recalled.tsx';
import { withSources } from './with-sources.ts';
import styles from './message.module.css';
import { NearestList } from './nearest-list.tsx';
import { Past } from '../../components/ui/past.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { AnswerContext, byMarker } from './source-context.ts';
import { SourceList } from './source-list.tsx';
import { Timings } from './timings.tsx';

/** A finished answer: its text, its sources, how sure it is, and where its time went. */
export const Answer = memo(({ message, onAgain }: { message: MessageView; onAgain: (() => void) | undefined }) => {
  const { t } = useTranslation(['chat', 'common']);
  const errorText = useErrorText();
  const format = useFormat();
  const { content, citations, unsupported, doubtfulNumbers, refused, nearest, status, error, answeredBy, grounded, asOf, weakSearch } = message;
  const sources = useMemo(() => ({ among: byMarker(citations), weakSearch }), [citations, weakSearch]);
  return (
    <AnswerContext value={sources}>
      <article className={styles.answer} aria-label={t('chat:answered')} id={`m-${message.id}`}>
        {asOf !== null && <Past>{t('chat:asOf.answered', { day: format.day(Date.parse(asOf)) })}</Past>}
        {answeredBy === 'passages' && <p className={styles.note}>{t('chat:passagesOnly')}</p>}
        {content !== '' && <AnswerText text={content} citations={citations} unsupported={unsupported} numbers={doubtfulNumbers} />}
        {status === 'stopped' && <p className={styles.note}>{content === '' ? t('chat:stoppedEmpty') : t('chat:stopped')}</p>}
        {status === 'failed' && (
          <div className={styles.failed} role="alert">
            <StateMark tone="bad" />
            <p>
              {error === null ? t('chat:failed') : errorText(new ApiError({ code: error.code as 'internal', message: error.message, status: 0 }))}
              {content !== '' && ` ${t('chat:textKept')}`}
              {message.jobId !== null && (
                <span className={styles.report}>
                  {t('common:error.report')} <code>{message.jobId}</code>
                </span>
              )}
            </p>
            {onAgain && (
              <Button size="xs" variant="default" onClick={onAgain}>
                {t('chat:askAgain')}
              </Button>
            )}
          </div>
        )}
        {weakSearch !== null && citations.length > 0 && (
          <p className={styles.legend}>
            <StateWord tone="warn">{t('chat:source.weak.title')}</StateWord> {t(`chat:source.weak.${weakSearch}`)}
          </p>
        )}
        <SourceList citations={citations} />
        <Recalled message={message} onAgain={onAgain} />
        <NearestList nearest={nearest} />
        {unsupported.length > 0 && (
          <p className={styles.legend}>
            <span className={styles.unsupported}>{t('chat:legendSample')}</span> {t('chat:legend')}
          </p>
        )}
        {doubtfulNumbers.length > 0 && (
          <p className={styles.legend}>
            <mark className={styles.doubtful}>{t('chat:numberSample')}</mark> {t('chat:numberLegend')}
          </p>
        )}
        {status === 'complete' && grounded === false && !refused && citations.length === 0 && unsupported.length === 0 && (
          <p className={styles.legend}>{t('chat:ungrounded')}</p>
        )}
        <div className={styles.tools}>
          <CopyButton
            text={() => withSources(message, t('chat:sources'), (file, page) => t('common:fileAndPage', { file, page }))}
            label={t('chat:copyAnswer')}
          />
          {status === 'complete' && citations.length > 0 && (
            <Tooltip label={t('chat:receipt')}>
              <ActionIcon component="a" href={apiPath(`/messages/${message.id}/receipt`)} download aria-label={t('chat:receipt')} size="md">
                <IconRosetteDiscountCheck size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {(status === 'complete' || status === 'stopped') && <Feedback message={message} />}
          {onAgain && status !== 'failed' && (
            <Tooltip label={t('chat:askAgain')}>
              <ActionIcon aria-label={t('chat:askAgain')} onClick={onAgain} size="md">
                <IconRefresh size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {message.timings !== null && <Timings timings={message.timings} model={message.model} />}
        </div>
      </article>
    </AnswerContext>
  );
});
Answer.displayName = 'Answer';

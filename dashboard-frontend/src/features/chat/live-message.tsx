import type { MessageView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../../components/ui/states.tsx';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { queryClient } from '../../lib/api/queries.ts';
import { AnswerText } from './answer-text.tsx';
import type { LiveAnswer } from './live-answer.ts';
import styles from './message.module.css';
import { messagesQuery, placeMessages } from './queries.ts';
import { Spoken } from './spoken.tsx';
import { useLiveAnswer } from './use-live-answer.ts';
import { useTicketWords } from './use-ticket-words.ts';

/** An answer on its way: the place in line, what is being done, then the text as it is written. */
export const LiveMessage = ({ message, jobId }: { message: MessageView; jobId: string }) => {
  const { t } = useTranslation('chat');
  const end = (answer: LiveAnswer) => {
    if (answer.message !== null) placeMessages(message.conversationId, [answer.message]);
    else void queryClient.invalidateQueries({ queryKey: messagesQuery(message.conversationId).queryKey });
    void queryClient.invalidateQueries({ queryKey: ['conversations'] });
  };
  const { answer, lost } = useLiveAnswer(jobId, end);
  const ticketWords = useTicketWords();
  if (lost !== undefined)
    return <ErrorState error={lost} onRetry={() => void queryClient.invalidateQueries({ queryKey: messagesQuery(message.conversationId).queryKey })} />;
  const { phase, ticket, attempt, retrieved, progress, content } = answer;
  return (
    <article className={styles.answer} aria-label={t('answering')} aria-busy="true">
      {content === '' ? (
        <p className={styles.waiting}>
          <StateMark tone="busy" />
          <span>
            {phase === 'waiting'
              ? ticketWords(ticket)
              : progress !== null
                ? t('live.reading', { done: Math.min(progress.done + 1, progress.all), all: progress.all })
                : retrieved === null
                  ? t('live.searching')
                  : t('live.found', { count: retrieved.passages, documents: t('live.documents', { count: retrieved.documents }) })}
            {attempt > 1 && ` ${t('live.again', { attempt })}`}
          </span>
        </p>
      ) : (
        <>
          {attempt > 1 && <p className={styles.note}>{t('live.again', { attempt })}</p>}
          <AnswerText text={content} citations={answer.citations} unsupported={answer.unsupported} numbers={answer.doubtfulNumbers} growing />
          <span className={styles.cursor} aria-hidden="true" />
        </>
      )}
      {retrieved?.meaningAway && <p className={styles.legend}>{t('live.meaningAway')}</p>}
      <Spoken text={content} />
    </article>
  );
};

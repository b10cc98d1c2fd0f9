import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { IconChevronLeft } from '@tabler/icons-react';
import type { MessageView } from '#contracts';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Skeleton } from '../../components/ui/states.tsx';
import { sayError } from '../../lib/notify.ts';
import { Answer } from './answer.tsx';
import { ask, everything, type Question, type Scope } from './ask.ts';
import styles from './chat.module.css';
import { Composer } from './composer.tsx';
import { LiveMessage } from './live-message.tsx';
import { inOrder, messagesQuery } from './queries.ts';
import { UserMessage } from './user-message.tsx';
import { useFollowEnd } from './use-follow-end.ts';

export const ConversationRoute = () => {
  const { conversationId } = useParams({ from: '/shell/chat/$conversationId' });
  return <Conversation key={conversationId} id={conversationId} />;
};

const atWork = ({ role, status }: MessageView): boolean => role === 'assistant' && (status === 'waiting' || status === 'writing');

/** What was said, what is being answered, and the composer. */
const Conversation = ({ id }: { id: string }) => {
  const { t } = useTranslation(['chat', 'common']);
  const query = useInfiniteQuery(messagesQuery(id));
  const messages = useMemo(() => inOrder(query.data?.pages), [query.data]);
  const running = messages.find(atWork);
  const [scope, setScope] = useState<Scope>(everything);
  const { scroller, content, toEnd, leaveEnd } = useFollowEnd();
  const { message: wanted } = useSearch({ from: '/shell/chat/$conversationId' });
  const isThere = messages.some((message) => message.id === wanted);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // The address names a message: earlier ones are read until it is there, then it is shown.
  useEffect(() => {
    if (wanted === undefined) return;
    if (!isThere) {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
      return;
    }
    leaveEnd();
    document.getElementById(`m-${wanted}`)?.scrollIntoView({ block: 'start' });
  }, [wanted, isThere, hasNextPage, isFetchingNextPage, fetchNextPage, leaveEnd]);

  const send = async (question: Question): Promise<boolean> => {
    try {
      await ask(id, question);
      toEnd();
      return true;
    } catch (error) {
      sayError(error);
      return false;
    }
  };
  const askAgain = (text: string) => void send({ content: text, scope });

  return (
    <>
      <Link to="/chat" className={styles.back}>
        <IconChevronLeft size={18} /> {t('chat:conversations')}
      </Link>
      <div className={styles.scroll} ref={scroller}>
        <div className={styles.messages} ref={content}>
          <QueryView query={query} skeleton={<Skeleton lines={9} />}>
            {() => (
              <>
                {query.hasNextPage && (
                  <Button variant="subtle" color="gray" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t('chat:earlier')}
                  </Button>
                )}
                {messages.map((message, index) => {
                  if (message.role === 'user') return <UserMessage key={message.id} message={message} onAskAgain={running ? undefined : askAgain} />;
                  if (atWork(message) && message.jobId !== null) return <LiveMessage key={message.id} message={message} jobId={message.jobId} />;
                  const question = messages.slice(0, index).findLast(({ role }) => role === 'user')?.content;
                  return <Answer key={message.id} message={message} onAgain={running || question === undefined ? undefined : () => askAgain(question)} />;
                })}
              </>
            )}
          </QueryView>
        </div>
      </div>
      <Composer draftKey={id} scope={scope} onScope={setScope} onSend={send} runningJobId={running?.jobId ?? undefined} />
    </>
  );
};

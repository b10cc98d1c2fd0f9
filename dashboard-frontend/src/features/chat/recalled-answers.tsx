import { Button, SegmentedControl } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RecalledAnswer } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { ShowMore } from '../../components/ui/show-more.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { sayError } from '../../lib/notify.ts';
import { ask, everything } from './ask.ts';
import styles from './chat.module.css';
import own from './recalled-answers.module.css';
import { markSeen, recalledQuery } from './recalled-query.ts';

/** One's own answers that cite what is not said any more: to open, to ask anew, to take note of. */
export const RecalledAnswers = () => {
  const { t } = useTranslation(['chat', 'common']);
  const [showAll, setShowAll] = useState(false);
  const query = useInfiniteQuery(recalledQuery(showAll));
  return (
    <>
      <Link to="/chat" className={styles.back}>
        <IconChevronLeft size={18} /> {t('chat:conversations')}
      </Link>
      <div className={styles.scroll}>
        <div className={styles.messages}>
          <header className={own.head}>
            <h2>{t('chat:recalled.title')}</h2>
            <p className="quiet">{t('chat:recalled.about')}</p>
            <SegmentedControl
              size="xs"
              aria-label={t('chat:recalled.which')}
              value={showAll ? 'all' : 'new'}
              onChange={(value) => setShowAll(value === 'all')}
              data={(['new', 'all'] as const).map((value) => ({ value, label: t(`chat:recalled.${value}`) }))}
            />
          </header>
          <QueryView query={query}>
            {({ pages }) => {
              const items = pages.flatMap((page) => page.items);
              const unseen = [...new Set(items.filter(({ seen }) => !seen).map(({ messageId }) => messageId))];
              if (items.length === 0) return <Empty title={t(showAll ? 'chat:recalled.none' : 'chat:recalled.noneNew')}>{t('chat:recalled.noneText')}</Empty>;
              return (
                <>
                  <ul className={own.list} aria-label={t('chat:recalled.title')}>
                    {items.map((item) => (
                      <Item key={`${item.messageId}-${item.documentId}-${item.reason}`} item={item} />
                    ))}
                  </ul>
                  {unseen.length > 1 && (
                    <Button variant="default" onClick={() => void markSeen(unseen)}>
                      {t('chat:recalled.seenAll')}
                    </Button>
                  )}
                  <ShowMore query={query} />
                </>
              );
            }}
          </QueryView>
        </div>
      </div>
    </>
  );
};

const Item = ({ item }: { item: RecalledAnswer }) => {
  const { t } = useTranslation('chat');
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const { messageId, conversationId, question, filename, reason, markers, at, seen } = item;
  const askAgain = async () => {
    setAsking(true);
    try {
      await ask(conversationId, { content: question, scope: everything });
      await markSeen([messageId]);
      await navigate({ to: '/chat/$conversationId', params: { conversationId } });
    } catch (error) {
      sayError(error);
      setAsking(false);
    }
  };
  return (
    <li data-seen={seen || undefined}>
      <Link to="/chat/$conversationId" params={{ conversationId }} search={{ message: messageId }} className={own.question}>
        {question === '' ? t('untitled') : question}
      </Link>
      <p className="small">
        <StateWord tone={seen ? 'idle' : 'warn'}>{t(`recalled.reason.${reason}`, { filename })}</StateWord>{' '}
        <span className="quiet">
          {t('recalled.cited', { numbers: markers.map((marker) => `[${marker}]`).join(' ') })} · <RelativeTime at={at} />
        </span>
      </p>
      <div className={own.actions}>
        <Button size="xs" variant="default" onClick={() => void askAgain()} loading={asking} disabled={question === ''}>
          {t('askAgain')}
        </Button>
        {!seen && (
          <Button size="xs" variant="subtle" color="gray" onClick={() => void markSeen([messageId])}>
            {t('recalled.seen')}
          </Button>
        )}
      </div>
    </li>
  );
};

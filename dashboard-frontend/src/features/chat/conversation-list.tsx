import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDots, IconDownload, IconFileAlert, IconPencil, IconPlus, IconSearch, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ConversationView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { apiPath } from '../../lib/api/client.ts';
import styles from './conversation-list.module.css';
import { conversationsQuery } from './queries.ts';
import { recalledQuery } from './recalled-query.ts';
import { useConversationActions } from './use-conversation-actions.ts';

export const ConversationList = () => {
  const { t } = useTranslation(['chat', 'common']);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const query = useInfiniteQuery({ ...conversationsQuery(q), placeholderData: keepPreviousData });
  return (
    <nav className={styles.list} aria-label={t('chat:conversations')}>
      <div className={styles.head}>
        <TextInput
          data-page-search
          size="sm"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
          placeholder={t('chat:searchConversations')}
          aria-label={t('chat:searchConversations')}
          leftSection={<IconSearch size={16} stroke={1.6} />}
        />
        <Button component={Link} to="/chat" variant="default" leftSection={<IconPlus size={16} />} className={styles.new}>
          {t('chat:new')}
        </Button>
        <RecalledLink />
      </div>
      <QueryView query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <ul className={styles.items}>
              {items.map((conversation) => (
                <Item key={conversation.id} conversation={conversation} />
              ))}
              {items.length === 0 && <li className={styles.none}>{q === '' ? t('chat:noConversations') : t('chat:noneFound', { q })}</li>}
              {query.hasNextPage && (
                <li>
                  <Button variant="subtle" color="gray" fullWidth loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {t('common:showMore')}
                  </Button>
                </li>
              )}
            </ul>
          );
        }}
      </QueryView>
    </nav>
  );
};

/** Leads to the answers of which a source changed, while there are any that nobody took note of. */
const RecalledLink = () => {
  const { t } = useTranslation('chat');
  const { data } = useInfiniteQuery(recalledQuery(false));
  const count = new Set(data?.pages.flatMap(({ items }) => items.map(({ messageId }) => messageId))).size;
  if (count === 0) return null;
  return (
    <Link to="/chat/recalled" className={styles.recalled}>
      <IconFileAlert size={16} aria-hidden="true" />
      <span>{data?.pages.at(-1)?.nextCursor == null ? t('recalled.link', { count }) : t('recalled.linkMany', { number: count })}</span>
    </Link>
  );
};

const Item = ({ conversation }: { conversation: ConversationView }) => {
  const { t } = useTranslation(['chat', 'common']);
  const { id, updatedAt } = conversation;
  const [renaming, setRenaming] = useState(false);
  const { rename, remove } = useConversationActions();
  const title = conversation.title === '' ? t('chat:untitled') : conversation.title;
  if (renaming) {
    const finish = (value: string) => {
      setRenaming(false);
      if (value.trim() !== '' && value.trim() !== conversation.title) rename(conversation, value.trim());
    };
    return (
      <li className={styles.item}>
        <input
          className={styles.rename}
          defaultValue={conversation.title}
          maxLength={255}
          aria-label={t('chat:rename')}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          onBlur={(event) => finish(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') finish(event.currentTarget.value);
            if (event.key === 'Escape') setRenaming(false);
          }}
        />
      </li>
    );
  }
  return (
    <li className={styles.item}>
      <Link to="/chat/$conversationId" params={{ conversationId: id }} className={styles.link} onDoubleClick={() => setRenaming(true)}>
        <span className={styles.title} title={title}>
          {title}
        </span>
        <span className={styles.when}>
          <RelativeTime at={updatedAt} />
        </span>
      </Link>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon className={styles.more} aria-label={t('chat:moreFor', { title })} size="md">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setRenaming(true)}>
            {t('chat:rename')}
          </Menu.Item>
          <Menu.Item component="a" href={apiPath(`/conversations/${id}/export`)} download leftSection={<IconDownload size={15} />}>
            {t('chat:export')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => remove(conversation, title)}>
            {t('chat:delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
};

import type { ConversationView } from '#contracts';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['conversations'] });

/** What can be done with a conversation in the list. A deletion is taken back by the box itself, so it is done at once. */
export const useConversationActions = () => {
  const { t } = useTranslation('chat');
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  const rename = (conversation: ConversationView, title: string) => {
    api.patch(`/conversations/${conversation.id}`, 'conversationView', { title }).then(refresh, sayError);
  };
  const restore = (conversation: ConversationView) => {
    api.patch(`/conversations/${conversation.id}`, 'conversationView', { restore: true }).then(refresh, sayError);
  };
  const remove = (conversation: ConversationView, title: string) => {
    const done = async () => {
      await api.act('DELETE', `/conversations/${conversation.id}`);
      if (conversationId === conversation.id) await navigate({ to: '/chat' });
      await refresh();
      offerUndo({ id: `conversation-${conversation.id}`, said: t('deleted', { title }), onUndo: () => restore(conversation) });
    };
    done().catch(sayError);
  };
  return { rename, remove };
};

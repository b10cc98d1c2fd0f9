import { byId, conversationCreate, conversationPatch, conversationQuery, conversationView, messageAccepted, messageQuery, messageSend, messageView, page } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { ChatService } from './chat.service.ts';

export const chatRoutes = (chat: ChatService): Route[] => [
  route({ method: 'post', path: '/conversations', auth: 'user', scope: 'chat', summary: 'Begin a conversation.', body: conversationCreate, output: conversationView, status: 201,
    handle: ({ who, body }) => chat.create(who, body.title) }),
  route({ method: 'get', path: '/conversations', auth: 'user', scope: 'chat', summary: 'One’s own conversations, last used first.', query: conversationQuery, output: page(conversationView),
    handle: ({ who, query }) => chat.list(who, query) }),
  route({ method: 'get', path: '/conversations/:id', auth: 'user', scope: 'chat', summary: 'One conversation.', params: byId, output: conversationView,
    handle: ({ who, params }) => chat.get(who, params.id) }),
  route({ method: 'patch', path: '/conversations/:id', auth: 'user', scope: 'chat', summary: 'Rename a conversation, or restore a deleted one.', params: byId, body: conversationPatch, output: conversationView,
    handle: ({ who, params, body }) => chat.patch(who, params.id, body) }),
  route({ method: 'delete', path: '/conversations/:id', auth: 'user', scope: 'chat', summary: 'Delete a conversation; it can be restored for 30 days.', params: byId,
    handle: ({ who, params }) => chat.remove(who, params.id) }),
  route({ method: 'get', path: '/conversations/:id/messages', auth: 'user', scope: 'chat', summary: 'A conversation’s messages.', params: byId, query: messageQuery, output: page(messageView),
    handle: ({ who, params, query }) => chat.messages(who, params.id, query) }),
  route({ method: 'post', path: '/conversations/:id/messages', auth: 'user', scope: 'chat', summary: 'Ask. The answer comes as the job’s events.', params: byId, body: messageSend, output: messageAccepted, status: 202,
    handle: ({ who, params, body }) => chat.ask(who, params.id, body) }),
  rawRoute({ method: 'get', path: '/conversations/:id/export', auth: 'user', scope: 'chat', summary: 'A conversation as a Markdown file.', params: byId, produces: 'text/markdown',
    handle: async ({ who, params, response }) => {
      const { name, text } = await chat.export(who, params.id);
      response.attachment(name).type('text/markdown').send(text);
    } }),
];

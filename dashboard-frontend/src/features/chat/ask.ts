import type { MessageAccepted, MessageView } from '#contracts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { placeMessages } from './queries.ts';

export interface Question {
  content: string;
  /** Ask these documents only; all when empty. */
  documentIds: readonly string[];
}

const blank = { citations: [], grounded: null, unsupported: [], answeredBy: null, model: null, timings: null, error: null, feedback: null, recalled: [] };

/** The two messages as they are once a question is accepted: what was asked, and the answer's empty place. */
const accepted = (conversationId: string, content: string, { messageId, userMessageId, jobId }: MessageAccepted): MessageView[] => {
  const createdAt = new Date().toISOString();
  return [
    { ...blank, id: userMessageId, conversationId, role: 'user', content, status: 'complete', jobId: null, createdAt },
    { ...blank, id: messageId, conversationId, role: 'assistant', content: '', status: 'waiting', jobId, createdAt },
  ];
};

/** Asks in a conversation; the answer's place is shown at once. Errors: ApiError, and nothing was asked. */
export const ask = async (conversationId: string, { content, documentIds }: Question): Promise<void> => {
  const answer = await api.post(`/conversations/${conversationId}/messages`, 'messageAccepted', {
    content,
    ...(documentIds.length > 0 ? { documentIds } : {}),
  });
  placeMessages(conversationId, accepted(conversationId, content.trim(), answer));
  void queryClient.invalidateQueries({ queryKey: ['conversations'] });
};

/** Begins a conversation with a question and gives its id. */
export const askAnew = async (question: Question): Promise<string> => {
  const { id } = await api.post('/conversations', 'conversationView', {});
  await ask(id, question);
  return id;
};

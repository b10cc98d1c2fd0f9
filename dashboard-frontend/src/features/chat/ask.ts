import type { MessageAccepted, MessageSend, MessageView } from '#contracts';
import { endOfDay } from '../../lib/days.ts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { placeMessages } from './queries.ts';

export interface Question {
  content: string;
  scope: Scope;
}

/** What is asked: these documents, or what stands in these folders; everything when both are empty. */
export interface Scope {
  documentIds: readonly string[];
  folderIds: readonly string[];
  /** An answer, or the best passages word for word, or one or two documents read whole. */
  mode: MessageSend['mode'];
  /** What the documents said at the end of this day; what they say now when absent. */
  asOf?: string | undefined;
}

export const everything: Scope = { documentIds: [], folderIds: [], mode: 'answer' };

const blank = {
  citations: [],
  grounded: null,
  unsupported: [],
  doubtfulNumbers: [],
  refused: false,
  nearest: [],
  answeredBy: null,
  model: null,
  timings: null,
  error: null,
  feedback: null,
  recalled: [],
  asOf: null,
  weakSearch: null,
};

/** The two messages as they are once a question is accepted: what was asked, and the answer's empty place. */
const accepted = (conversationId: string, content: string, asOf: string | undefined, { messageId, userMessageId, jobId }: MessageAccepted): MessageView[] => {
  const createdAt = new Date().toISOString();
  return [
    { ...blank, id: userMessageId, conversationId, role: 'user', content, status: 'complete', jobId: null, createdAt },
    { ...blank, id: messageId, conversationId, role: 'assistant', content: '', status: 'waiting', jobId, asOf: asOf ?? null, createdAt },
  ];
};

/** Asks in a conversation; the answer's place is shown at once. Errors: ApiError, and nothing was asked. */
export const ask = async (conversationId: string, { content, scope: { documentIds, folderIds, mode, asOf: day } }: Question): Promise<void> => {
  const asOf = day === undefined ? undefined : endOfDay(day).toISOString();
  const answer = await api.post(`/conversations/${conversationId}/messages`, 'messageAccepted', {
    content,
    ...(documentIds.length > 0 ? { documentIds } : {}),
    ...(folderIds.length > 0 ? { folderIds } : {}),
    ...(mode === 'answer' ? {} : { mode }),
    ...(asOf === undefined ? {} : { asOf }),
  });
  placeMessages(conversationId, accepted(conversationId, content.trim(), asOf, answer));
  void queryClient.invalidateQueries({ queryKey: ['conversations'] });
};

/** Begins a conversation with a question and gives its id. */
export const askAnew = async (question: Question): Promise<string> => {
  const { id } = await api.post('/conversations', 'conversationView', {});
  await ask(id, question);
  return id;
};

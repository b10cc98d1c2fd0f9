import type { ConversationView, MessageView } from '#contracts';

const STATES: Partial<Record<MessageView['status'], string>> = {
  waiting: '*(not answered yet)*',
  writing: '*(being answered)*',
  stopped: '*(stopped)*',
  failed: '*(failed)*',
};

const speaker = ({ role, model, answeredBy }: MessageView): string => {
  if (role === 'user') return 'Question';
  if (role === 'system') return 'Instruction';
  return answeredBy === 'passages' ? 'Answer (passages of the documents)' : model ? `Answer (${model})` : 'Answer';
};

const sources = ({ citations }: MessageView): string =>
  citations.map(({ marker, filename, page, quote }) => `[${marker}]: ${filename}, page ${page}: “${quote.replace(/\s+/gu, ' ').trim()}”`).join('\n\n');

/** A conversation as a Markdown file: questions, answers, and under each answer what it cites. */
export const toMarkdown = (conversation: ConversationView, messages: readonly MessageView[]): string => {
  const parts = messages.map((message) => {
    const state = STATES[message.status];
    const why = message.error ? `*(${message.error.message})*` : '';
    const past = message.asOf === null ? '' : `*(from what the documents said on ${message.asOf})*`;
    return [`## ${speaker(message)}`, `*${message.createdAt}*`, past, message.content, state, why, sources(message)].filter(Boolean).join('\n\n');
  });
  return `${[`# ${conversation.title || 'Conversation'}`, ...parts].join('\n\n')}\n`;
};

/** A file name that every system takes. */
export const exportName = ({ title, id }: ConversationView): string =>
  `${
    title
      .normalize('NFKD')
      .replace(/[^\w -]+/gu, '')
      .trim()
      .replace(/\s+/gu, '-')
      .slice(0, 60) || id
  }.md`;

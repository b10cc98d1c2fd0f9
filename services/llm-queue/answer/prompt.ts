import type { ChatMessage } from '#clients';
import type { FoundPassage } from '#retrieval';
import { AppError } from '#kit';
import { cutHistory, type Turn } from './history.ts';

interface PromptInput {
  question: string;
  turns: readonly Turn[];
  /** Best first. */
  passages: readonly FoundPassage[];
  /** The client's own instructions, after ours. */
  instructions?: string;
  /** Size of the model's window, in tokens. */
  contextTokens: number;
  /** Kept free for the answer. */
  answerTokens: number;
}

export interface Prompt {
  messages: ChatMessage[];
  /** Those that are in it, in the order of their rank. */
  passages: FoundPassage[];
  answerTokens: number;
}

/** What is asked of the model. Short, since small models copy long instructions; plain, since large ones need no more. */
const WITH_PASSAGES =
  'Answer the question from the passages. Use only what they say. If they do not answer it, say so. Be brief and exact. Answer in the language of the question.';
const WITHOUT_PASSAGES = 'You are a helpful assistant. Be brief and exact. Answer in the language of the question.';

/** At most so much of what the question leaves free goes to earlier turns; the rest is for passages. */
const HISTORY_SHARE = 0.3;
/** A window smaller than four answers' length gives a quarter of itself to the answer. */
const MAX_ANSWER_SHARE = 0.25;
/** Chat template and system prompt, in tokens, with room to spare. */
const OVERHEAD_TOKENS = 96;
/** Letters per token for a first estimate; tables of numbers have fewer, so the whole is counted before it is sent. */
const LETTERS_PER_TOKEN = 3.2;

const estimate = (text: string): number => Math.ceil(text.length / LETTERS_PER_TOKEN) + 8;

const passageText = ({ filename, page, text }: FoundPassage, index: number): string => `[${index + 1}] ${filename}, page ${page}\n${text}`;

const assemble = ({ question, instructions }: PromptInput, turns: readonly Turn[], passages: readonly FoundPassage[]): ChatMessage[] => [
  { role: 'system', content: [passages.length > 0 ? WITH_PASSAGES : WITHOUT_PASSAGES, instructions].filter(Boolean).join('\n') },
  ...turns.flatMap((turn): ChatMessage[] => [
    { role: 'user', content: turn.question },
    { role: 'assistant', content: turn.answer },
  ]),
  { role: 'user', content: passages.length > 0 ? `${passages.map(passageText).join('\n\n')}\n\nQuestion: ${question}` : question },
];

/**
 * Fits question, history and passages into the model's window: the question whole, then the newest turns up to 30 % of
 * what is left, then passages by rank. `count` gives the exact tokens of the whole; while it is too much, the last
 * passage goes, then the oldest turn. Errors: `context_exceeded` when the question alone does not fit.
 */
export const buildPrompt = async (input: PromptInput, count: (messages: readonly ChatMessage[]) => Promise<number>): Promise<Prompt> => {
  const answerTokens = Math.min(input.answerTokens, Math.floor(input.contextTokens * MAX_ANSWER_SHARE));
  const room = input.contextTokens - answerTokens;
  const free = Math.max(0, room - OVERHEAD_TOKENS - estimate(input.question) - estimate(input.instructions ?? ''));
  let turns = cutHistory(input.turns, free * HISTORY_SHARE, estimate);
  let left = free - turns.reduce((sum, turn) => sum + estimate(turn.question) + estimate(turn.answer), 0);
  let passages = input.passages.filter((passage, index) => (left -= estimate(passageText(passage, index))) >= 0 || index === 0);
  for (;;) {
    const messages = assemble(input, turns, passages);
    // One letter is never more than one token in the byte-pair encodings in use: this certainly fits, and needs no counting.
    const letters = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    if (letters + OVERHEAD_TOKENS <= room) return { messages, passages, answerTokens };
    const tokens = await count(messages);
    if (tokens <= room) return { messages, passages, answerTokens };
    if (passages.length > 1) passages = passages.slice(0, -1);
    else if (turns.length > 0) turns = turns.slice(1);
    else if (passages.length > 0) passages = shortened(passages[0]!, room / tokens);
    else {
      throw new AppError('context_exceeded', {
        message: `The question has about ${tokens} tokens; this model reads ${input.contextTokens}, of which ${answerTokens} are kept for the answer. Shorten it, or choose a model with a larger window.`,
        details: { tokens, contextTokens: input.contextTokens, answerTokens },
      });
    }
  }
};

/** The one passage left, cut to `share` of its text; none when that is hardly a sentence. */
const shortened = (passage: FoundPassage, share: number): FoundPassage[] => {
  const text = passage.text.slice(0, Math.floor(passage.text.length * share * 0.9));
  return text.length < 80 ? [] : [{ ...passage, text }];
};

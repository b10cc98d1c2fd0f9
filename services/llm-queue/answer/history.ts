import type { ChatMessage } from '#clients';

/** A question and what was answered to it. */
export interface Turn {
  question: string;
  answer: string;
}

/** Our source numbers; a model that reads them writes its own. */
const NUMBERS = / \[\d{1,3}\]/gu;

/** Messages as turns; a question without an answer (withdrawn, failed) and an answer without a question are left out. */
export const toTurns = (messages: readonly ChatMessage[]): Turn[] => {
  const turns: Turn[] = [];
  let question: string | null = null;
  for (const { role, content } of messages) {
    if (role === 'user') question = content;
    else if (role === 'assistant' && question !== null && content !== '') {
      turns.push({ question, answer: content.replace(NUMBERS, '') });
      question = null;
    }
  }
  return turns;
};

/**
 * The rule for a history that is too long: the newest turns stay, whole, as many as fit into `budget`; the first that
 * does not fit and all before it go. `cost` tells the tokens of a text.
 */
export const cutHistory = (turns: readonly Turn[], budget: number, cost: (text: string) => number): Turn[] => {
  let left = budget;
  const firstKept = turns.findLastIndex(({ question, answer }) => {
    left -= cost(question) + cost(answer);
    return left < 0;
  });
  return turns.slice(firstKept + 1);
};

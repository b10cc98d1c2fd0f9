import { sentenceSpans } from '../text/sentences.ts';

export interface AnswerSentence {
  /** As it stands in the answer. */
  readonly text: string;
  /** Its place in the whole answer, UTF-16, half-open. */
  readonly start: number;
  readonly end: number;
  readonly kind: 'prose' | 'heading' | 'code';
}

/** Whether a full stop ends a sentence shows within this many characters after it. */
const LOOK_AHEAD = 32;
const FENCE = /^[ \t]*(`{3,}|~{3,})/u;
const HEADING = /^\s{0,3}#{1,6}\s/u;

export interface SentenceSplitter {
  /** Takes the next piece of the answer and gives back the sentences that are complete with it. */
  push(piece: string): AnswerSentence[];
  /** What is left at the end of the answer. */
  end(): AnswerSentence[];
}

/**
 * Cuts an answer into sentences while it streams, the same whatever the pieces. Abbreviations and decimals do not cut;
 * items of lists and rows of tables do; a fenced block of code comes out whole.
 */
export const createSentenceSplitter = (): SentenceSplitter => {
  let buffer = '';
  let offset = 0;
  /** A fence counts only where a line begins, not after a sentence that was given out of the same line. */
  let atLineStart = true;

  const take = (length: number): void => {
    if (length > 0) atLineStart = buffer[length - 1] === '\n';
    buffer = buffer.slice(length);
    offset += length;
  };

  /** A fenced block at the start of the buffer: its length, or null while its end is not there. */
  const fenceLength = (fence: string, isEnd: boolean): number | null => {
    const close = new RegExp(`\\n[ \\t]*${fence[0]}{${fence.length},}[ \\t]*(?=\\n|$)`, 'u').exec(buffer);
    if (close !== null && (isEnd || close.index + close[0].length < buffer.length)) return close.index + close[0].length;
    return isEnd ? buffer.length : null;
  };

  const prose = (text: string, release: number): AnswerSentence[] =>
    sentenceSpans(text)
      .filter(({ end }) => end <= release)
      .map(({ start, end }) => ({
        text: text.slice(start, end),
        start: offset + start,
        end: offset + end,
        kind: HEADING.test(text.slice(start, end)) ? ('heading' as const) : ('prose' as const),
      }));

  const drain = (isEnd: boolean): AnswerSentence[] => {
    const sentences: AnswerSentence[] = [];
    for (;;) {
      const blank = /^\s*\n/u.exec(buffer)?.[0].length ?? 0;
      if (blank > 0) take(blank);
      if (buffer === '') return sentences;
      const newline = buffer.indexOf('\n');
      if (atLineStart && newline === -1 && !isEnd && /^[ \t]*[`~]*$/u.test(buffer)) return sentences; // may become a fence
      const fence = atLineStart ? FENCE.exec(buffer)?.[1] : undefined;
      if (fence !== undefined) {
        if (newline === -1 && !isEnd) return sentences;
        const length = fenceLength(fence, isEnd);
        if (length === null) return sentences;
        sentences.push({ text: buffer.slice(0, length), start: offset, end: offset + length, kind: 'code' });
        take(length);
        continue;
      }
      // Line by line: nothing of a line depends on the next.
      const line = newline === -1 ? buffer : buffer.slice(0, newline);
      if (newline !== -1 || isEnd) {
        sentences.push(...prose(line, line.length));
        take(line.length);
        continue;
      }
      const complete = prose(line, line.length - LOOK_AHEAD);
      const last = complete.at(-1);
      if (last === undefined) return sentences;
      sentences.push(...complete);
      take(last.end - offset);
    }
  };

  return {
    push(piece) {
      buffer += piece;
      return drain(false);
    },
    end: () => drain(true),
  };
};

/** The sentences of a whole answer. */
export const splitSentences = (answer: string): AnswerSentence[] => {
  const splitter = createSentenceSplitter();
  return [...splitter.push(answer), ...splitter.end()];
};

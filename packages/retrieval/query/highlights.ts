import { tokenize } from '../text/tokens.ts';
import type { TextSpan } from '../types.ts';
import type { QueryTerm } from '../words/bm25.ts';

/** Where the words of a question stand in a text; neighbours that only white space parts are one span. */
export const highlightsOf = (text: string, language: string, terms: readonly QueryTerm[]): TextSpan[] => {
  const wanted = new Set(terms.flatMap((each) => each.terms));
  const spans: TextSpan[] = [];
  for (const token of tokenize(text, language)) {
    if (!token.terms.some((term) => wanted.has(term))) continue;
    const last = spans.at(-1);
    if (last !== undefined && text.slice(last.end, token.start).trim() === '') spans[spans.length - 1] = { start: last.start, end: token.end };
    else spans.push({ start: token.start, end: token.end });
  }
  return spans;
};

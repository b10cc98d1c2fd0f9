import { excerptOf, type FoundPassage } from '#retrieval';
import type { Draft } from './draft.ts';
import type { phrasesFor } from './phrases.ts';

/** More would be a list of hits, which the search page is better at. */
const MAX_QUOTES = 3;

/** Quotes the best passages under `label`, each with its citation. What is quoted is borne by its own words: support 1. */
export const quotePassages = (draft: Draft, passages: readonly FoundPassage[], label: string, { page }: Pick<ReturnType<typeof phrasesFor>, 'page'>): void => {
  draft.write(draft.content === '' ? label : `\n\n${label}`);
  for (const passage of passages.slice(0, MAX_QUOTES)) {
    const { start, end } = excerptOf(passage);
    const quote = passage.text.slice(start, end);
    const boxes = passage.boxes.filter((box) => box.start < end && box.end > start);
    draft.write('\n\n> ');
    const began = draft.content.length;
    draft.write(quote.replaceAll('\n', '\n> '));
    draft.cite(began, { source: passage, quote, boxes, support: 1 });
    draft.write(`\n>\n> ${page(passage.filename, boxes[0]?.page ?? passage.page)}`);
  }
};

import { createHash } from 'node:crypto';
import { detectLanguage } from '../text/language.ts';
import { documentLabel } from './document-name.ts';
import { withoutFurniture } from './furniture.ts';
import { pack, type PackedPassage } from './pack.ts';
import type { Passage, TextDocument } from './types.ts';
import { unitsOf } from './units.ts';

const FALLBACK_LANGUAGE = 'en';
/** The heading trail and the page's first words are cut, so that the header never crowds the text out of the model's window. */
const MAX_TRAIL_HEADINGS = 2;
const MAX_HEADING_CHARS = 80;

const shorten = (text: string, chars: number): string => (text.length <= chars ? text : text.slice(0, chars).replace(/\s+\S*$/u, ''));

/**
 * What is indexed above a passage's text: the document's name, the page's first words, the headings over it. Repeating a table's
 * column heads in the passages that go on with it lost two questions of 37 and is left out.
 */
const contextHeader = (label: string, { pageStart, heading, text }: PackedPassage): string => {
  const lines = [label];
  if (pageStart !== '') lines.push(pageStart);
  for (const each of heading.slice(-MAX_TRAIL_HEADINGS)) {
    if (!text.includes(each) && !lines.some((line) => line.includes(each))) lines.push(shorten(each, MAX_HEADING_CHARS));
  }
  return lines.join('\n');
};

/**
 * Cuts a document into passages: headings open them, tables stay together row by row with their column heads, running heads
 * and page numbers are dropped, sentences stay whole. Pure: the same document gives the same passages and the same hashes.
 */
export const makePassages = (document: TextDocument): Passage[] => {
  const pages = withoutFurniture(document.pages);
  const text = pages.flatMap(({ lines }) => lines.map((line) => line.text)).join('\n');
  const label = documentLabel(document.filename, document.title, text);
  const language = document.language ?? detectLanguage(text) ?? FALLBACK_LANGUAGE;
  return pack(pages, unitsOf(pages)).map((passage, index) => {
    const header = contextHeader(label, passage);
    return {
      index,
      page: passage.page,
      pageEnd: passage.page,
      heading: passage.heading,
      text: passage.text,
      contextHeader: header,
      boxes: passage.boxes,
      contentHash: createHash('sha256').update(`${header}\u0000${passage.text}`).digest('hex'),
      language: detectLanguage(passage.text) ?? language,
    };
  });
};

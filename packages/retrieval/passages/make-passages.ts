import { createHash } from 'node:crypto';
import { detectLanguage } from '../text/language.ts';
import { readableName } from './document-name.ts';
import { withoutFurniture } from './furniture.ts';
import { pack, type PackedPassage } from './pack.ts';
import type { Passage, TextDocument } from './types.ts';
import { unitsOf } from './units.ts';

const FALLBACK_LANGUAGE = 'en';
/** The heading trail and the page's first words are cut, so that the header never crowds the text out of the model's window. */
const MAX_TRAIL_HEADINGS = 2;
const MAX_HEADING_CHARS = 80;
const MAX_TITLE_CHARS = 80;

const shorten = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars).replace(/\s+\S*$/u, '')}`);

const contextHeader = (name: string, title: string | undefined, passage: PackedPassage): string => {
  const parts = [title !== undefined && title !== '' ? `${name} – ${shorten(title, MAX_TITLE_CHARS)}` : name];
  const own = passage.text;
  if (passage.pageStart !== '' && !own.startsWith(passage.pageStart)) parts.push(passage.pageStart);
  for (const heading of passage.heading.slice(-MAX_TRAIL_HEADINGS)) {
    if (!own.includes(heading) && !parts.some((part) => part.includes(heading))) parts.push(shorten(heading, MAX_HEADING_CHARS));
  }
  if (passage.columnHead !== '' && !own.includes(passage.columnHead)) parts.push(passage.columnHead);
  return parts.join('\n');
};

/**
 * Cuts a document into passages: headings open them, tables stay together row by row with their column heads, running heads
 * and page numbers are dropped, sentences stay whole. Pure: the same document gives the same passages and the same hashes.
 */
export const makePassages = (document: TextDocument): Passage[] => {
  const pages = withoutFurniture(document.pages);
  const text = pages.flatMap(({ lines }) => lines.map((line) => line.text)).join('\n');
  const name = readableName(document.filename, text);
  const language = document.language ?? detectLanguage(text) ?? FALLBACK_LANGUAGE;
  return pack(pages, unitsOf(pages)).map((passage, index) => {
    const header = contextHeader(name, document.title, passage);
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

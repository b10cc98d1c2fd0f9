import type { TextLine } from '#retrieval';
import { linesOfElement } from '../web/html-lines.ts';
import { parsePage } from '../web/parse-page.ts';
import { cleanText } from '../office/clean-text.ts';

export interface Mail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  /** ISO 8601, or as the mail says. */
  readonly date: string;
  readonly html: string;
  readonly text: string;
}

const textLines = (text: string): TextLine[] => {
  const lines: TextLine[] = [];
  let afterBlank = true;
  for (const raw of text.split(/\r?\n/u)) {
    const line = cleanText(raw);
    if (line !== '') lines.push({ text: line, ...(afterBlank ? { paragraphStart: true } : {}) });
    afterBlank = line === '';
  }
  return lines;
};

/** A mail as its reader sees it: subject, who and when, then the words; the plain ones where there are both, since they hold no layout. */
export const mailLines = async ({ subject, from, to, cc, date, html, text }: Mail): Promise<TextLine[]> => {
  const facts = Object.entries({ From: from, To: to, Cc: cc, Date: date }).filter(([, value]) => value !== '');
  const plain = textLines(text);
  const lines = plain.length > 0 || html === '' ? plain : linesOfElement((await parsePage(html)).document.body);
  return [
    ...(subject === '' ? [] : [{ text: subject, headingLevel: 1, paragraphStart: true }]),
    ...facts.map(([name, value]) => ({ text: `${name}: ${value}`, paragraphStart: true })),
    ...lines,
  ];
};

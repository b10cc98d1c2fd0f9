import type { TextCell, TextLine } from '#retrieval';
import type { Zip } from '../archive/zip.ts';
import { countOpen, readXml } from '../xml/read-xml.ts';
import { cleanText } from './clean-text.ts';

/** Placeholders that every slide repeats: date, foot, number; and the picture of the slide above its notes. */
const FURNITURE = new Set(['dt', 'ftr', 'sldNum', 'hdr', 'sldImg']);
const TITLES = new Set(['title', 'ctrTitle']);

interface Shape {
  lines: TextLine[];
  kind: string;
}

/** The lines of a slide or of its notes, its title first; tables row by row. */
export const readSlide = async (zip: Zip, part: string): Promise<{ lines: TextLine[]; title: string | undefined }> => {
  const open = countOpen();
  const shapes: Shape[] = [{ lines: [], kind: '' }];
  let shape: Shape = shapes[0]!;
  let [paragraph, inText]: [string, boolean] = ['', false];
  let cells: TextCell[] | undefined;
  let cellText = '';

  const endParagraph = (): void => {
    const text = cleanText(paragraph);
    paragraph = '';
    if (text === '') return;
    if (cells !== undefined) cellText += `${cellText === '' ? '' : ' '}${text}`;
    else shape.lines.push({ text, paragraphStart: true });
  };
  await readXml(await zip.stream(part), {
    open(name, attributes) {
      open.enter(name);
      if (open.isIn('Fallback')) return;
      if (name === 'sp' || name === 'graphicFrame') shapes.push((shape = { lines: [], kind: '' }));
      else if (name === 'ph') shape.kind = attributes.type ?? 'body';
      else if (name === 'tr') cells = [];
      else if (name === 'tc') cellText = '';
      else if (name === 'br' || name === 'tab') paragraph += ' ';
      inText = name === 't';
    },
    close(name) {
      open.leave(name);
      inText = false;
      if (open.isIn('Fallback')) return;
      if (name === 'p') endParagraph();
      else if (name === 'tc') cells?.push({ text: cellText });
      else if (name === 'tr' && cells !== undefined) {
        const text = cells
          .map((cell) => cell.text)
          .filter((each) => each !== '')
          .join(' ');
        if (text !== '') shape.lines.push({ text, paragraphStart: true, ...(cells.length > 1 ? { cells } : {}) });
        cells = undefined;
      }
    },
    text(text) {
      if (inText && !open.isIn('Fallback')) paragraph += text;
    },
  });
  const shown = shapes.filter(({ kind, lines }) => !FURNITURE.has(kind) && lines.length > 0);
  const titles = shown.filter(({ kind }) => TITLES.has(kind)).flatMap(({ lines }) => lines);
  const title = titles.length === 0 ? undefined : titles.map((line) => line.text).join(' ');
  const body = shown.filter(({ kind }) => !TITLES.has(kind)).flatMap(({ lines }) => lines);
  return { lines: [...(title === undefined ? [] : [{ text: title, headingLevel: 1, paragraphStart: true }]), ...body], title };
};

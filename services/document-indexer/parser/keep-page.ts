import type { PageBlock } from '#contracts';
import type { TextLine, TextPage } from '#retrieval';
import type { KeptPage } from './protocol.ts';

const blockOf = ({ text, headingLevel, cells, isHead }: TextLine): PageBlock => ({
  // The cells say it all; the labels of a row's text are those of its columns.
  text: cells === undefined ? text : '',
  ...(headingLevel === undefined ? {} : { level: headingLevel }),
  ...(cells === undefined ? {} : { cells: cells.map((cell) => cell.text) }),
  ...(isHead === true ? { isHead } : {}),
});

/** A page as the viewer shows it: its lines joined to paragraphs, its rows with their cells. */
export const keepPage = ({ number, name, head, lines, needsPicture }: TextPage): KeptPage => {
  const blocks: PageBlock[] = [];
  for (const line of lines) {
    const before = blocks.at(-1);
    const goesOn = line.paragraphStart !== true && line.headingLevel === undefined && line.cells === undefined;
    if (goesOn && before !== undefined && before.cells === undefined && before.level === undefined) before.text += `\n${line.text}`;
    else blocks.push(blockOf(line));
  }
  return {
    page: number,
    blocks,
    ...(name === undefined ? {} : { name }),
    ...(head === undefined ? {} : { head }),
    ...(needsPicture === true ? { ocr: 'due' } : {}),
  };
};

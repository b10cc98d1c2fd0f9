import { describe, expect, test } from 'vitest';
import { mendHyphens } from './hyphens.ts';
import { layOut } from './page-layout.ts';
import type { TurnedRun } from './runs.ts';

const page = { width: 600, height: 800 };
/** Text at a place, seven tenths of its size wide for each two characters. */
const run = (text: string, x: number, y: number, more: Partial<TurnedRun> = {}): TurnedRun => ({
  text,
  x,
  y,
  width: text.length * 5,
  size: 10,
  bold: false,
  turn: 0,
  ...more,
});
const textOf = (runs: readonly TurnedRun[]): string[] => layOut(runs, page).map((line) => (line.cells ?? [line]).map((cell) => cell.text).join(' | '));

describe('lines of a page', () => {
  test('are read from top to bottom, whatever the order of drawing', () => {
    expect(textOf([run('third', 50, 130), run('first', 50, 100), run('second', 50, 115)])).toEqual(['first', 'second', 'third']);
  });

  test('join runs of one word and part those of two', () => {
    expect(textOf([run('turb', 50, 100), run('ine', 70.2, 100), run('hall', 90, 100)])).toEqual(['turbine hall']);
  });

  test('take a superscript in, but not the line below', () => {
    expect(textOf([run('power', 50, 100), run('2', 75.5, 96, { size: 6, width: 3 }), run('below', 50, 112)])).toEqual(['power2', 'below']);
  });

  test('divide into cells where gaps are wide; a currency sign belongs to its number', () => {
    const row = [
      run('Revenue', 50, 100),
      run('$', 200, 100),
      run('16,388', 215, 100),
      run('$', 252, 100),
      run('14,573', 270, 100),
      run('(12', 400, 100),
      run(')%', 416, 100),
    ];
    expect(textOf(row)).toEqual(['Revenue | $16,388 | $14,573 | (12)%']);
  });

  test('keep a bullet with its sentence', () => {
    expect(textOf([run('•', 50, 100), run('Check the pump', 80, 100)])).toEqual(['• Check the pump']);
  });

  test('drop the shadow of text that is drawn twice to look bold', () => {
    expect(textOf([run('Warning', 50, 100), run('Warning', 50.4, 100)])).toEqual(['Warning']);
  });

  test('of sideways text come last, with boxes on the page as it is shown', () => {
    const lines = layOut([run('margin note', 20, 300, { turn: 3 }), run('the body of the page', 100, 100)], page);
    expect(lines.map((line) => line.text)).toEqual(['the body of the page', 'margin note']);
    const box = lines[1]!.box!;
    // Upwards from y = 300: the box is tall, narrow and ends there.
    expect(box.h * page.height).toBeCloseTo(55, 0);
    expect((box.y + box.h) * page.height).toBeCloseTo(300, 0);
    expect(box.w).toBeLessThan(box.h);
  });

  test('say what is bold', () => {
    expect(layOut([run('Heading', 50, 100, { bold: true })], page)[0]).toMatchObject({ bold: true, fontSize: 10 });
  });
});

describe('words broken at a line end', () => {
  const mend = (...texts: string[]): string[] => mendHyphens(texts.map((text) => ({ text }))).map((line) => line.text);

  test('are joined', () => expect(mend('an inter-', 'national agreement')).toEqual(['an international', 'agreement']));
  test('keep the hyphen of a compound that the page knows', () =>
    expect(mend('the cloud-based tools', 'and other cloud-', 'based ones')).toEqual(['the cloud-based tools', 'and other cloud-based', 'ones']));
  test('keep the hyphen after a usual prefix', () => expect(mend('a long-', 'term plan')).toEqual(['a long-term', 'plan']));
  test('with a soft hyphen always join', () => expect(mend('Donau\u00AD', 'dampfschiff fahrt')).toEqual(['Donaudampfschiff', 'fahrt']));
  test('leave a dash before a name or a number alone', () =>
    expect(mend('the years 1990-', '1995 and A-', 'Team')).toEqual(['the years 1990-', '1995 and A-', 'Team']));
});

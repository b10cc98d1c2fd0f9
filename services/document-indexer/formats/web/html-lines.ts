import type { TextLine } from '#retrieval';

const DROPPED = new Set([
  'SCRIPT',
  'STYLE',
  'NOSCRIPT',
  'TEMPLATE',
  'IFRAME',
  'OBJECT',
  'EMBED',
  'SVG',
  'CANVAS',
  'HEAD',
  // Stands in the body where a page leaves out its head.
  'TITLE',
  'NAV',
  'BUTTON',
  'SELECT',
  'INPUT',
  'TEXTAREA',
  'DIALOG',
]);
const INLINE = new Set([
  'A',
  'ABBR',
  'B',
  'BDI',
  'BDO',
  'CITE',
  'CODE',
  'DATA',
  'DEL',
  'DFN',
  'EM',
  'FONT',
  'I',
  'INS',
  'KBD',
  'LABEL',
  'MARK',
  'Q',
  'S',
  'SAMP',
  'SMALL',
  'SPAN',
  'STRONG',
  'SUB',
  'SUP',
  'TIME',
  'TT',
  'U',
  'VAR',
  'WBR',
  'PICTURE',
  'IMG',
]);

export const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** A row of one cell is how mails and old pages are laid out, not a table. */
const isTableRow = (row: Element): boolean => [...row.children].filter(({ tagName }) => /^t[dh]$/iu.test(tagName)).length > 1;

/** Walks elements with a stack of its own: a page nested ten thousand deep must not exhaust the thread's. */
class LineCollector {
  readonly lines: TextLine[] = [];
  private text = '';
  private cells: string[] | undefined;
  private lead = '';
  private headingLevel: number | undefined;

  collect(root: Element): void {
    const stack: (Node | (() => void))[] = [root];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next === 'function') next();
      else if (next.nodeType === 3) this.text += next.textContent ?? '';
      else if (next.nodeType === 1) this.enter(next as Element, stack);
    }
    this.endBlock();
  }

  private enter(element: Element, stack: (Node | (() => void))[]): void {
    const tag = element.tagName.toUpperCase();
    if (DROPPED.has(tag) || element.getAttribute('hidden') !== null || element.getAttribute('aria-hidden') === 'true') return;
    if (tag === 'BR' || tag === 'HR') return this.endBlock(tag === 'BR');
    const level = /^H([1-6])$/u.exec(tag)?.[1];
    const isCell = tag === 'TD' || tag === 'TH';
    if (tag === 'TR' && isTableRow(element)) {
      this.endRow();
      this.cells = [];
      stack.push(() => this.endRow());
    } else if (isCell && this.cells !== undefined) {
      stack.push(() => this.endCell());
    } else if (!INLINE.has(tag) && this.cells === undefined) {
      this.endBlock();
      if (level !== undefined) this.headingLevel = Number(level);
      if (tag === 'LI') this.lead = '• ';
      stack.push(() => this.endBlock());
    } else if (!INLINE.has(tag)) {
      this.text += ' ';
    }
    for (const child of [...element.childNodes].reverse()) stack.push(child);
  }

  private endCell(): void {
    // A table in this cell has ended the row already: what follows it is text.
    if (this.cells === undefined) return this.endBlock();
    this.cells.push(tidy(this.text));
    this.text = '';
  }

  private endRow(): void {
    if (this.cells === undefined) return this.endBlock();
    if (tidy(this.text) !== '') this.endCell();
    const cells = this.cells;
    this.cells = undefined;
    this.text = '';
    const text = cells.filter((cell) => cell !== '').join(' ');
    if (text !== '') this.lines.push({ text, paragraphStart: true, ...(cells.length > 1 ? { cells: cells.map((cell) => ({ text: cell })) } : {}) });
  }

  /** @param soft A line break inside a paragraph. */
  private endBlock(soft = false): void {
    const text = tidy(this.text);
    this.text = '';
    if (text !== '') {
      this.lines.push({ text: this.lead + text, ...(this.headingLevel === undefined ? {} : { headingLevel: this.headingLevel }), paragraphStart: true });
      this.lead = '';
    }
    if (!soft) this.headingLevel = undefined;
  }
}

/** The lines of an element as a browser would show them, without what is not text. */
export const linesOfElement = (root: Element): TextLine[] => {
  const collector = new LineCollector();
  collector.collect(root);
  return collector.lines;
};

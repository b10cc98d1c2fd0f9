/** A part of a Markdown text that can be shown by itself. */
export interface Block {
  /** Where it begins in the whole text. */
  start: number;
  text: string;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/**
 * Cuts a Markdown text at the blank lines where nothing spans them, so that while an answer grows only its last block is
 * made anew. Fences and lists stay whole; the blocks joined are the text.
 */
export const splitBlocks = (text: string): Block[] => {
  const blocks: Block[] = [];
  let start = 0;
  let at = 0;
  let fence: string | null = null;
  let inList = false;
  let blank = false;
  for (const line of text.split(/(?<=\n)/)) {
    const mark = FENCE.exec(line)?.[1];
    const empty = line.trim() === '';
    if (blank && !empty && fence === null && at > start && !(inList && (LIST.test(line) || /^\s{2,}/.test(line)))) {
      blocks.push({ start, text: text.slice(start, at) });
      start = at;
      inList = false;
    }
    if (mark !== undefined) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    if (fence === null && LIST.test(line)) inList = true;
    blank = empty;
    at += line.length;
  }
  if (at > start) blocks.push({ start, text: text.slice(start, at) });
  return blocks;
};

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/**
 * The last block while it is still being written, made steady: a citation's half is held back, emphasis that is open is
 * closed, a table waits until its second line says that it is one.
 */
export const steady = (text: string): string => {
  let out = text.replace(/\[\d{0,3}$/, '');
  if (/^ {0,3}\|/.test(out) && !/\n {0,3}\|?\s*:?-+.*\n/.test(out)) return '';
  if (FENCE.test(out)) return out;
  const bare = out.replaceAll(/`[^`\n]*`/g, '');
  if (count(bare, /`/g) % 2 === 1) out += '`';
  else if (count(bare, /\*\*/g) % 2 === 1) out = /\*\*\s*$/.test(out) ? out.replace(/\*\*\s*$/, '') : `${out.trimEnd()}**`;
  return out;
};

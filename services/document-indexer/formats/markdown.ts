import type { Nodes, RootContent } from 'mdast';
import type { TextLine } from '#retrieval';
import { decodeText } from './encoding.ts';
import type { Format } from './format.ts';
import { inMemory, readWhole } from './whole-file.ts';

const MAX_BYTES = 16 * 2 ** 20;
const FRONT_MATTER = /^---\n(?<fields>[\s\S]*?)\n---(?:\n|$)/u;
const TABLE_RULE = /^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?$/u;

/** The text of a node as a reader sees it: link texts without addresses, pictures by their description, no markup. */
const plain = (node: Nodes): string => {
  if (node.type === 'html') return node.value.replace(/<!--[\s\S]*?-->|<[^>]*>/gu, ' ');
  if (node.type === 'break') return '\n';
  if (node.type === 'image' || node.type === 'imageReference') return node.alt ?? '';
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map((child) => plain(child as Nodes)).join('') : '';
};

const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

const rowOf = (line: string): TextLine | undefined => {
  if (TABLE_RULE.test(line)) return undefined;
  const cells = line
    .replace(/^\||\|$/gu, '')
    .split('|')
    .map((cell) => ({ text: tidy(cell) }))
    .filter((cell) => cell.text !== '');
  const text = cells.map((cell) => cell.text).join(' ');
  return text === '' ? undefined : { text, ...(cells.length > 1 ? { cells } : {}) };
};

const proseOf = (text: string, lead: string): TextLine[] => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > 1 && lines.some((line) => TABLE_RULE.test(line) && line.includes('|'))) {
    return lines
      .map(rowOf)
      .filter((line) => line !== undefined)
      .map((line, at) => (at === 0 ? { ...line, paragraphStart: true } : line));
  }
  const whole = tidy(lines.join(' '));
  return whole === '' ? [] : [{ text: lead + whole, paragraphStart: true }];
};

const blocksOf = (node: RootContent, lead = ''): TextLine[] => {
  switch (node.type) {
    case 'heading': {
      const text = tidy(plain(node));
      return text === '' ? [] : [{ text, headingLevel: node.depth, paragraphStart: true }];
    }
    case 'list':
      return node.children.flatMap((item, at) => {
        const sign = node.ordered === true ? `${(node.start ?? 1) + at}. ` : '• ';
        return item.children.flatMap((child, place) => blocksOf(child, place === 0 ? sign : ''));
      });
    case 'blockquote':
      return node.children.flatMap((child) => blocksOf(child));
    case 'code':
      return node.value
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '')
        .map((text, at) => ({ text, ...(at === 0 ? { paragraphStart: true } : {}) }));
    case 'definition':
    case 'thematicBreak':
      return [];
    default:
      return proseOf(plain(node), lead);
  }
};

/** Markdown (CommonMark and pipe tables): headings keep their level, links and pictures their words. */
export const markdown: Format = {
  mimeTypes: ['text/markdown'],
  hasPages: false,
  async open(source) {
    // Loaded here: threads that read other formats do without.
    const { fromMarkdown } = await import('mdast-util-from-markdown');
    const raw = decodeText(readWhole(source, MAX_BYTES, 'Markdown files'));
    const fields = FRONT_MATTER.exec(raw)?.groups?.fields;
    const lines = fromMarkdown(raw.replace(FRONT_MATTER, '')).children.flatMap((node) => blocksOf(node));
    const named = fields === undefined ? undefined : /^title:\s*["']?(.+?)["']?\s*$/mu.exec(fields)?.[1];
    return inMemory([lines], named ?? lines.find((line) => line.headingLevel === 1)?.text);
  },
};

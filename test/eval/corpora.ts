import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextDocument, TextLine } from '../../packages/retrieval/passages/types.ts';

export interface PageQuestion {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly evidence: readonly { readonly document: string; readonly page: number; readonly text: string }[];
}

export interface GradedQuery {
  readonly query: string;
  /** Gain by document number. */
  readonly gains: ReadonlyMap<number, number>;
}

export const readQuestions = (dir: string): PageQuestion[] =>
  readFileSync(join(dir, 'financebench/questions.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PageQuestion);

/** The filings, by pdftotext with its layout kept: columns more than two spaces apart are cells. */
export const readFilings = (dir: string): TextDocument[] => {
  const folder = join(dir, 'financebench/pdfs');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pdf'))
    .sort()
    .map((filename) => {
      const text = execFileSync('pdftotext', ['-layout', join(folder, filename), '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
      const pages = text.split('\f');
      if (pages.at(-1)?.trim() === '') pages.pop();
      return {
        filename,
        pages: pages.map((body, at) => {
          let gap = true;
          const lines: TextLine[] = [];
          for (const raw of body.split('\n')) {
            if (raw.trim() === '') {
              gap = true;
              continue;
            }
            const cells = raw.trim().split(/\s{2,}/u).map((cell) => ({ text: cell }));
            lines.push({ text: raw.trim().replace(/\s+/gu, ' '), paragraphStart: gap, ...(cells.length > 1 ? { cells } : {}) });
            gap = false;
          }
          return { number: at + 1, width: 612, height: 792, lines };
        }),
      };
    });
};

const blocks = (text: string): [number, string][] =>
  text
    .split(/^\.I /mu)
    .slice(1)
    .map((block) => {
      const end = block.indexOf('\n');
      return [Number(block.slice(0, end)), block.slice(end + 1)];
    });

/** Abstracts as text files named by their number. */
export const readAbstracts = (dir: string): { number: number; document: TextDocument }[] =>
  blocks(readFileSync(join(dir, 'cranfield/cran.all.1400'), 'utf8')).map(([number, rest]) => {
    const part = (letter: string): string => new RegExp(`^\\.${letter}\\n([\\s\\S]*?)(?=^\\.[TABW]\\n|(?![\\s\\S]))`, 'mu').exec(rest)?.[1]?.trim() ?? '';
    const text = part('W') !== '' ? part('W') : part('T');
    return {
      number,
      document: {
        filename: `abstract-${number}.txt`,
        language: 'en',
        pages: [{ number: 1, width: 0, height: 0, lines: text.split('\n').filter((line) => line.trim() !== '').map((line) => ({ text: line })) }],
      },
    };
  });

export const readGradedQueries = (dir: string): GradedQuery[] => {
  const gains = new Map<number, Map<number, number>>();
  for (const line of readFileSync(join(dir, 'cranfield/cranqrel'), 'utf8').split('\n')) {
    const fields = line.trim().split(/\s+/u).map(Number);
    const [query, document, grade] = fields;
    if (fields.length !== 3 || query === undefined || document === undefined || grade === undefined) continue;
    const of = gains.get(query) ?? new Map<number, number>();
    of.set(document, grade > 0 ? Math.max(0, 5 - grade) : 0);
    gains.set(query, of);
  }
  return blocks(readFileSync(join(dir, 'cranfield/cran.qry'), 'utf8')).map(([, rest], at) => ({
    query: rest.slice(rest.indexOf('.W\n') + 3).trim(),
    gains: gains.get(at + 1) ?? new Map<number, number>(),
  }));
};

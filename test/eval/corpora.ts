import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pdf } from '../../services/document-indexer/formats/pdf.ts';
import type { TextDocument, TextPage } from '#retrieval';

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

/** The filings, read as an upload is. */
export const readFilings = async (dir: string): Promise<TextDocument[]> => {
  const folder = join(dir, 'financebench/pdfs');
  const documents: TextDocument[] = [];
  for (const filename of readdirSync(folder)
    .filter((name) => name.endsWith('.pdf'))
    .sort()) {
    const fd = openSync(join(folder, filename), 'r');
    const opened = await pdf.open({ fd, sizeBytes: fstatSync(fd).size });
    const pages: TextPage[] = [];
    for (let number = 1; number <= opened.pageCount; number += 1) pages.push(await opened.readPage(number));
    documents.push({ filename, pages, ...(opened.title === undefined ? {} : { title: opened.title }) });
    await opened.close();
    closeSync(fd);
  }
  return documents;
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
        pages: [
          {
            number: 1,
            width: 0,
            height: 0,
            lines: text
              .split('\n')
              .filter((line) => line.trim() !== '')
              .map((line) => ({ text: line })),
          },
        ],
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

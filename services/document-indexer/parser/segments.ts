import { makePassages } from '#passages';
import type { Passage, TextPage } from '#retrieval';
import { keepPage } from './keep-page.ts';
import type { KeptPage, PageProblem } from './protocol.ts';

export interface Segment {
  readonly toPage: number;
  readonly passages: readonly Passage[];
  /** Pages of the segment that hold any text. */
  readonly textPages: number;
  readonly problems: readonly PageProblem[];
  readonly kept: readonly KeptPage[];
}

/**
 * Pages that are made into passages together. Running heads, headings and table heads are recognised by comparing pages,
 * so a segment is as long as most documents; longer ones become searchable segment by segment (200 pages take 2 s or 3 s).
 * Text without pages comes in parts of 64 k characters: sixteen of them are a book.
 */
const SEGMENT_PAGES = { paged: 200, unpaged: 16 } as const;

interface Options {
  readonly filename: string;
  readonly title?: string;
  readonly hasPages: boolean;
  readonly keepsPages: boolean;
  readonly fromPage: number;
  readonly pageCount: number;
  readonly emit: (segment: Segment) => void;
}

export interface Segments {
  add(page: TextPage | PageProblem): void;
  readonly isComplete: boolean;
}

/** Gathers pages, which come in any order, into segments, which leave in page order. Every page must be told once. */
export const createSegments = ({ filename, title, hasPages, keepsPages, fromPage, pageCount, emit }: Options): Segments => {
  const size = hasPages ? SEGMENT_PAGES.paged : SEGMENT_PAGES.unpaged;
  const pages = new Map<number, TextPage | PageProblem>();
  let first = fromPage;

  const flush = (): void => {
    for (;;) {
      // On multiples of the size, so that a run that continues an earlier one cuts at the same places.
      const last = Math.min(pageCount, Math.ceil(first / size) * size);
      const told = [];
      for (let page = first; page <= last; page++) told.push(pages.get(page));
      if (first > pageCount || told.some((page) => page === undefined)) return;
      const read = told.filter((page) => page !== undefined && 'lines' in page);
      const problems = told.filter((page) => page !== undefined && 'message' in page);
      for (let page = first; page <= last; page++) pages.delete(page);
      first = last + 1;
      emit({
        toPage: last,
        passages: makePassages({ filename, title, pages: read }),
        textPages: read.filter((page) => page.lines.length > 0).length,
        problems,
        kept: read.filter((page) => keepsPages || page.needsPicture === true).map(keepPage),
      });
    }
  };

  return {
    add(page) {
      pages.set('lines' in page ? page.number : page.page, page);
      flush();
    },
    get isComplete() {
      return first > pageCount;
    },
  };
};

import type { SearchAnswer, SearchHit, SearchRequest } from '#contracts';
import type { FoundPassage, Retriever } from '#retrieval';
import type { Principal } from '../../http/index.ts';

interface Needs {
  retriever: Pick<Retriever, 'search'>;
}

const toHit = (found: FoundPassage): SearchHit => ({
  passageId: found.passageId,
  documentId: found.documentId,
  filename: found.filename,
  page: found.page,
  pageEnd: found.pageEnd,
  heading: found.heading,
  text: found.text,
  highlights: found.highlights.map(({ start, end }): [number, number] => [start, end]),
  score: found.score,
  scores: { words: found.scores.words, meaning: found.scores.meaning },
  boxes: found.boxes.map(({ page, x, y, w, h }) => ({ page, x, y, w, h })),
});

export const createSearchService = ({ retriever }: Needs) => ({
  /** The passages open to the reader that answer best. Says so when only words could be compared. Errors: `validation_failed`. */
  async search({ workspaceId, userId }: Pick<Principal, 'workspaceId' | 'userId'>, { asOf, ...request }: SearchRequest): Promise<SearchAnswer> {
    const { items, degraded, tookMs } = await retriever.search({
      ...request,
      reader: { workspaceId, userId },
      ...(asOf === undefined ? {} : { asOf: new Date(asOf) }),
    });
    return { items: items.map(toHit), tookMs: Math.round(tookMs * 10) / 10, ...(degraded === undefined ? {} : { degraded }) };
  },
});

export type SearchService = ReturnType<typeof createSearchService>;

import type { SearchAnswer, SearchExplained, SearchExplainRequest, SearchRequest } from '#contracts';
import type { Retriever } from '#retrieval';
import type { Principal } from '../../http/index.ts';
import { toExplained } from './explained.ts';
import { toHit } from './to-hit.ts';

interface Needs {
  retriever: Pick<Retriever, 'search'>;
}

type Searcher = Pick<Principal, 'workspaceId' | 'userId'>;

const onBehalfOf = ({ workspaceId, userId }: Searcher, { asOf, types, languages, addedFrom, addedUntil, ...request }: SearchRequest) => ({
  ...request,
  ...((types ?? languages ?? addedFrom ?? addedUntil) === undefined
    ? {}
    : {
        only: {
          types,
          languages,
          addedFrom: addedFrom === undefined ? undefined : new Date(addedFrom),
          addedUntil: addedUntil === undefined ? undefined : new Date(addedUntil),
        },
      }),
  reader: { workspaceId, userId },
  ...(asOf === undefined ? {} : { asOf: new Date(asOf) }),
});

export const createSearchService = ({ retriever }: Needs) => ({
  /** The passages open to the reader that answer best. Says so when only words could be compared. Errors: `validation_failed`. */
  async search(who: Searcher, request: SearchRequest): Promise<SearchAnswer> {
    const { items, degraded, tookMs } = await retriever.search(onBehalfOf(who, request));
    return { items: items.map(toHit), tookMs: Math.round(tookMs * 10) / 10, ...(degraded === undefined ? {} : { degraded }) };
  },

  /** The same search with what each stage found, and why the order is as it is. Errors: `validation_failed`. */
  async explain(who: Searcher, { weights, fold, rerank, ...request }: SearchExplainRequest): Promise<SearchExplained> {
    return toExplained(await retriever.search({ ...onBehalfOf(who, request), weights, fold, rerank, explain: true }), request.mode);
  },
});

export type SearchService = ReturnType<typeof createSearchService>;

import type { Reader } from '#access';
import type { FusionWeights } from './fusion/fuse.ts';
import type { RerankOff } from './fusion/rerank.ts';
import type { Evidence, IndexTrace } from './index/search-index.ts';
import type { PassageBox } from './passages/types.ts';

export type SearchMode = 'hybrid' | 'words' | 'meaning';

export interface SearchRequest {
  /** On whose behalf: what they may not read is not searched, whatever else is asked. */
  readonly reader: Reader;
  readonly query: string;
  /** 1..200, default 10. */
  readonly limit?: number;
  /** Only these documents; an empty list finds nothing. The filter is applied before ranking, so it never costs recall. */
  readonly documentIds?: readonly string[];
  /** Only what stands in these folders and below them. */
  readonly folderIds?: readonly string[];
  /** Only documents of a kind. */
  readonly only?: DocumentFilter;
  /** What was said then, instead of now. Who may read is decided by the rights of now. */
  readonly asOf?: Date;
  readonly mode?: SearchMode;
  /** Other weights than the measured ones, to try them. */
  readonly weights?: Partial<FusionWeights>;
  /** Tells how the answer came about as well. */
  readonly explain?: boolean;
  /** Compares vectors of this model instead of those that serve: to measure one before it does. */
  readonly embedModel?: string;
  /** Whether the best are scored again by a model that reranks, where there is one; yes unless told otherwise. */
  readonly rerank?: boolean;
  /** Whether a passage is left out when an earlier one says the same; yes unless told otherwise. */
  readonly fold?: boolean;
}

/** Which documents are searched, by what they are; all conditions hold at once. */
export interface DocumentFilter {
  /** Media types ("application/pdf"), or the beginning of one ("image/"). */
  readonly types?: readonly string[];
  /** ISO 639-1. */
  readonly languages?: readonly string[];
  readonly addedFrom?: Date;
  readonly addedUntil?: Date;
}

/** A half-open span of UTF-16 units in the text it belongs to. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface FoundPassage {
  readonly passageId: string;
  readonly documentId: string;
  readonly filename: string;
  /** 1-based. */
  readonly page: number;
  readonly pageEnd: number;
  readonly text: string;
  /** The headings above the passage, outermost first, as one line. */
  readonly heading: string | null;
  readonly boxes: readonly PassageBox[];
  readonly language: string;
  /** 0..1 within this answer; only for ordering and display. */
  readonly score: number;
  /** Raw scores of the stages: BM25 (0 and up), cosine (-1..1), the fused score, the reranker's (0..1). Null where a stage did not run for the passage. */
  readonly scores: {
    readonly words: number | null;
    readonly meaning: number | null;
    readonly name: number;
    readonly fused: number;
    readonly rerank: number | null;
  };
  /** Where the words of the question stand in `text`. */
  readonly highlights: readonly TextSpan[];
}

export interface SearchResult {
  readonly items: readonly FoundPassage[];
  /** `meaning_away`: no embedding of the question could be had, so that only words were compared. */
  readonly degraded?: 'meaning_away';
  /** Whose vectors were compared. */
  readonly model?: string;
  readonly evidence: Evidence;
  readonly trace?: SearchTrace;
  readonly tookMs: number;
}

/** The index's own trace, and what came before and after it. */
export interface SearchTrace extends IndexTrace {
  readonly times: { readonly embedMs: number; readonly searchMs: number; readonly readMs: number; readonly rerankMs: number };
  /** What the model that reranks made of the best, best first; or why it did not. */
  readonly rerank: { readonly model: string; readonly places: readonly { readonly id: string; readonly score: number }[] } | RerankOff;
  /** Passages that were left out because an earlier one says the same. */
  readonly folded: number;
  /** Where the passages of the stages stand. */
  readonly places: Readonly<Record<string, { readonly documentId: string; readonly filename: string; readonly page: number }>>;
}

/** The one way to find passages, for search and chat alike. */
export interface Retriever {
  /** While the first load runs, what is loaded is found, newest documents first. Errors: `validation_failed` for an empty question or a limit out of range. */
  search(request: SearchRequest): Promise<SearchResult>;
  /** Resolves when everything that was stored at the start can be searched. */
  readonly loaded: Promise<void>;
  /** Brings a document's passages and embeddings up to date now; usually the source's notices do this. */
  refresh(documentId: string): Promise<void>;
  /** Throws the index away and builds it again from the rows. Searches meanwhile find what is loaded. Errors: those of the source. */
  rebuild(): Promise<void>;
  stats(): Promise<RetrieverStats>;
  close(): Promise<void>;
}

export interface RetrieverStats {
  readonly documents: number;
  readonly passages: number;
  readonly vectors: number;
  readonly terms: number;
  readonly memoryBytes: number;
}

/** The narrow port to the embedding model: one unit-length vector for each text. `model` names the index that the vector belongs to. */
export type EmbedQuery = (texts: readonly string[], options?: { readonly model?: string }) => Promise<{ model: string; vectors: readonly Float32Array[] }>;

/** The narrow port to a model that reads a passage together with the question. */
export interface Reranker {
  /** The model that would; null where there is none. Never throws. */
  find(): Promise<string | null>;
  /** 0..1 for the first of the texts, as many as there is time for, in their order. */
  score(query: string, texts: readonly string[], signal: AbortSignal): Promise<{ model: string; scores: readonly number[] }>;
}

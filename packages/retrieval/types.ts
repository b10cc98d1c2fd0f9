import type { Reader } from '#access';
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
  /** What was said then, instead of now. Who may read is decided by the rights of now. */
  readonly asOf?: Date;
  readonly mode?: SearchMode;
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
  /** Raw scores of the stages: BM25 (0 and up), cosine (-1..1), the fused score. Null where a stage did not run for the passage. */
  readonly scores: { readonly words: number | null; readonly meaning: number | null; readonly fused: number };
  /** Where the words of the question stand in `text`. */
  readonly highlights: readonly TextSpan[];
}

export interface SearchResult {
  readonly items: readonly FoundPassage[];
  /** `meaning_away`: no embedding of the question could be had, so that only words were compared. */
  readonly degraded?: 'meaning_away';
  readonly tookMs: number;
}

/** The one way to find passages, for search and chat alike. */
export interface Retriever {
  /** While the first load runs, what is loaded is found, newest documents first. Errors: `validation_failed` for an empty question or a limit out of range. */
  search(request: SearchRequest): Promise<SearchResult>;
  /** Resolves when everything that was stored at the start can be searched. */
  readonly loaded: Promise<void>;
  /** Brings a document's passages and embeddings up to date now; usually the source's notices do this. */
  refresh(documentId: string): Promise<void>;
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
export type EmbedQuery = (texts: readonly string[]) => Promise<{ model: string; vectors: readonly Float32Array[] }>;

import type { OpenScope, Reader } from '#access';
import type { Place } from '../index/register.ts';
import type { ExpectedPassage, IndexPassage, IndexVectors } from '../index/search-index.ts';
import type { DocumentFilter, FoundPassage } from '../types.ts';

/** A passage as it is shown, without what depends on the question. */
export type PassageView = Omit<FoundPassage, 'score' | 'scores' | 'highlights'>;

export interface ViewFilter {
  readonly reader: Reader;
  readonly documentIds?: readonly string[];
  readonly within?: readonly string[];
  readonly asOf?: Date;
}

/** Where passages are kept. Rows are the truth; the index is a copy that follows them. */
export interface PassageSource {
  /** Documents that can be searched, newest first. */
  listDocuments(): Promise<readonly string[]>;
  /** What of the document should be indexed; null when there is no such document (any more). */
  findDocument(
    documentId: string,
  ): Promise<{ readonly workspaceId: string; readonly places: readonly Place[]; readonly passages: readonly ExpectedPassage[] } | null>;
  readPassages(ids: readonly string[]): Promise<readonly IndexPassage[]>;
  readVectors(model: string, ids: readonly string[]): Promise<IndexVectors>;
  /** The documents of the workspace that a filter lets through, whoever may read them; of `among`, when these are given. */
  findMatching(workspaceId: string, filter: DocumentFilter, among?: readonly string[]): Promise<readonly string[]>;
  /** What the reader may see, as of now. */
  openScope(reader: Reader, folderIds?: readonly string[]): Promise<OpenScope>;
  /**
   * In the order of `ids`, each under a document that the reader may read; passages that are gone or not open to them are
   * left out, whatever the index said.
   */
  readViews(ids: readonly string[], filter: ViewFilter): Promise<readonly PassageView[]>;
  /** Calls back with a document's id when its rows changed, and with null when changes may have been missed. Returns the way to stop. */
  onChange(listener: (documentId: string | null) => void): () => void;
}

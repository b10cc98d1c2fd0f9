/** A passage's vector with what it is filtered by. */
export interface VectorPoint {
  /** The passage's; a UUID. */
  readonly id: string;
  readonly documentId: string;
  readonly workspaceId: string;
  /** Of what was embedded: tells whether the vector is still the passage's. */
  readonly contentHash: string;
  readonly vector: Float32Array;
}

export interface VectorQuery {
  readonly model: string;
  readonly vector: Float32Array;
  readonly limit: number;
  readonly workspaceId: string;
  /** Only passages of these documents; applied before ranking, so that it costs no recall. An empty list finds nothing. */
  readonly documentIds?: readonly string[];
}

export interface VectorHit {
  readonly id: string;
  /** Cosine, -1..1. */
  readonly score: number;
}

/** Vectors of passages outside this process, one space for each model. Rows of Postgres are the truth: all of it can be filled again. Errors: `part_away`. */
export interface VectorIndex {
  /** Vectors of the same ids are replaced. A model whose vectors have another length than before begins anew. */
  put(model: string, points: readonly VectorPoint[]): Promise<void>;
  /** The content hashes by passage that the document has in a model's space. */
  list(model: string, documentId: string): Promise<ReadonlyMap<string, string>>;
  /** From every space. What is not there is fine. */
  remove(ids: readonly string[]): Promise<void>;
  removeDocument(documentId: string): Promise<void>;
  /** Best first; nothing when the model has no vectors. */
  search(query: VectorQuery): Promise<readonly VectorHit[]>;
  /** Unit vectors by id; those that are not there are left out. */
  vectors(model: string, ids: readonly string[]): Promise<ReadonlyMap<string, Float32Array>>;
  models(): Promise<readonly string[]>;
}

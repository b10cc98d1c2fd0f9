/** Who is who: passages by id and by ordinal, and the documents and workspaces that they belong to. Ordinals are used again. */
export interface Register {
  /** Ordinals run below this. */
  readonly capacity: number;
  readonly bytes: number;
  add(id: string, documentId: string, workspaceId: string, contentHash: string): number;
  remove(ordinal: number): void;
  find(id: string): number | undefined;
  idOf(ordinal: number): string;
  documentOf(ordinal: number): string;
  isIn(documentId: string, workspaceId: string): boolean;
  /** Whether the passage was indexed with this content. */
  isSame(ordinal: number, contentHash: string): boolean;
  passagesOf(documentId: string): number[];
  /** Notes a document that may have no passages yet. */
  place(documentId: string, workspaceId: string): void;
  removeDocument(documentId: string): void;
  documents(): string[];
  /** 1 for every ordinal of the workspace (and of the documents, when some are named). */
  allowed(workspaceId: string, documentIds?: readonly string[]): Uint8Array;
}

/** Measured by the heap: an id of 36 characters, its place in two tables, its hash. */
const BYTES_PER_PASSAGE = 150;

/** The first 32 bits tell changed content apart; ids already say which passage it is. */
const fingerprint = (contentHash: string): number => Number.parseInt(contentHash.slice(0, 8), 16) || 0;

export const createRegister = (): Register => {
  const byId = new Map<string, number>();
  const ids: (string | undefined)[] = [];
  const hashes: number[] = [];
  const documentOf: string[] = [];
  const free: number[] = [];
  const documents = new Map<string, { workspaceId: string; ordinals: Set<number> }>();

  const place = (documentId: string, workspaceId: string): { workspaceId: string; ordinals: Set<number> } => {
    const known = documents.get(documentId);
    if (known?.workspaceId === workspaceId) return known;
    const entry = { workspaceId, ordinals: known?.ordinals ?? new Set<number>() };
    documents.set(documentId, entry);
    return entry;
  };

  return {
    get capacity() {
      return ids.length;
    },
    get bytes() {
      return byId.size * BYTES_PER_PASSAGE;
    },
    add(id, documentId, workspaceId, contentHash) {
      const ordinal = free.pop() ?? ids.length;
      byId.set(id, ordinal);
      ids[ordinal] = id;
      hashes[ordinal] = fingerprint(contentHash);
      documentOf[ordinal] = documentId;
      place(documentId, workspaceId).ordinals.add(ordinal);
      return ordinal;
    },
    remove(ordinal) {
      const id = ids[ordinal];
      if (id === undefined) return;
      byId.delete(id);
      ids[ordinal] = undefined;
      documents.get(documentOf[ordinal]!)?.ordinals.delete(ordinal);
      free.push(ordinal);
    },
    find: (id) => byId.get(id),
    idOf: (ordinal) => ids[ordinal] ?? '',
    documentOf: (ordinal) => documentOf[ordinal] ?? '',
    isIn: (documentId, workspaceId) => documents.get(documentId)?.workspaceId === workspaceId,
    isSame: (ordinal, contentHash) => hashes[ordinal] === fingerprint(contentHash),
    passagesOf: (documentId) => [...(documents.get(documentId)?.ordinals ?? [])],
    place: (documentId, workspaceId) => void place(documentId, workspaceId),
    removeDocument: (documentId) => void documents.delete(documentId),
    documents: () => [...documents.keys()],
    allowed(workspaceId, documentIds) {
      const allowed = new Uint8Array(ids.length);
      for (const documentId of documentIds === undefined ? documents.keys() : new Set(documentIds)) {
        const document = documents.get(documentId);
        if (document?.workspaceId !== workspaceId) continue;
        for (const ordinal of document.ordinals) allowed[ordinal] = 1;
      }
      return allowed;
    },
  };
};

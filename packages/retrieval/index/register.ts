import type { OpenScope } from '#access';

/** Where a document's passages can be met: the document itself, or one with the same content that is linked to it. */
export interface Place {
  readonly documentId: string;
  /** The document that a grant names; for an earlier version, the newest one. */
  readonly grantedAs: string;
  readonly folderId: string | null;
  readonly ownerId: number | null;
  /** Whoever may read the folder may read it. */
  readonly inherits: boolean;
  /** Milliseconds: when it began and ended to be what the document says; Infinity for never. */
  readonly from: number;
  readonly until: number;
}

export interface Allowance {
  readonly workspaceId: string;
  /** `everything` is for measuring alone: whoever searches for a person gives what is open to them. */
  readonly scope: OpenScope | 'everything';
  readonly documentIds?: readonly string[];
  /** Milliseconds; now, when absent. */
  readonly asOf?: number;
}

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
  /** Whether the passage is this document's. */
  belongs(ordinal: number, documentId: string): boolean;
  /** Whether the passage was indexed with this content. */
  isSame(ordinal: number, contentHash: string): boolean;
  passagesOf(documentId: string): number[];
  /** Notes a document that may have no passages yet. */
  place(documentId: string, workspaceId: string, places?: readonly Place[]): void;
  removeDocument(documentId: string): void;
  documents(): string[];
  /** How many a workspace has. */
  documentsOf(workspaceId: string): number;
  /** The documents that may be searched, and 1 for each of their ordinals. */
  allowed(allowance: Allowance): { documents: ReadonlySet<string>; ordinals: Uint8Array };
}

/** Measured by the heap: an id of 36 characters, its place in two tables, its hash. */
const BYTES_PER_PASSAGE = 150;

/** The first 32 bits tell changed content apart; ids already say which passage it is. */
const fingerprint = (contentHash: string): number => Number.parseInt(contentHash.slice(0, 8), 16) || 0;

interface Entry {
  readonly workspaceId: string;
  readonly places: readonly Place[];
  readonly ordinals: Set<number>;
}

/** What a place can be asked for by: an earlier version also by its document. */
const namesOf = ({ documentId, grantedAs }: Place): string[] => [documentId, grantedAs];

const placeTest = (scope: Allowance['scope'], asOf: number | undefined, named: ReadonlySet<string> | undefined): ((place: Place) => boolean) => {
  if (scope === 'everything') return () => true;
  const [folders, granted] = [new Set(scope.folderIds), new Set(scope.documentIds)];
  const within = scope.within && new Set(scope.within);
  return ({ documentId, grantedAs, folderId, ownerId, inherits, from, until }) =>
    (asOf === undefined ? from !== Infinity && until === Infinity : from <= asOf && asOf < until) &&
    (named === undefined || named.has(documentId) || named.has(grantedAs)) &&
    (within === undefined || (folderId !== null && within.has(folderId))) &&
    ((ownerId !== null && ownerId === scope.userId) || (inherits && folderId !== null && folders.has(folderId)) || granted.has(grantedAs));
};

export const createRegister = (): Register => {
  const byId = new Map<string, number>();
  const ids: (string | undefined)[] = [];
  const hashes: number[] = [];
  const documentOf: string[] = [];
  const free: number[] = [];
  const documents = new Map<string, Entry>();
  /** The documents whose passages stand for these. */
  const holders = new Map<string, Set<string>>();

  const leavePlaces = (documentId: string): void => {
    for (const id of (documents.get(documentId)?.places ?? []).flatMap(namesOf)) {
      const held = holders.get(id);
      held?.delete(documentId);
      if (held?.size === 0) holders.delete(id);
    }
  };

  const place = (documentId: string, workspaceId: string, places?: readonly Place[]): Entry => {
    const known = documents.get(documentId);
    if (known?.workspaceId === workspaceId && places === undefined) return known;
    leavePlaces(documentId);
    const entry = { workspaceId, places: places ?? known?.places ?? [], ordinals: known?.ordinals ?? new Set<number>() };
    documents.set(documentId, entry);
    for (const id of entry.places.flatMap(namesOf)) {
      const held = holders.get(id);
      if (held === undefined) holders.set(id, new Set([documentId]));
      else held.add(documentId);
    }
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
    belongs: (ordinal, documentId) => documentOf[ordinal] === documentId,
    isSame: (ordinal, contentHash) => hashes[ordinal] === fingerprint(contentHash),
    passagesOf: (documentId) => [...(documents.get(documentId)?.ordinals ?? [])],
    place: (documentId, workspaceId, places) => void place(documentId, workspaceId, places),
    removeDocument(documentId) {
      leavePlaces(documentId);
      documents.delete(documentId);
    },
    documents: () => [...documents.keys()],
    documentsOf: (wanted) => [...documents.values()].filter(({ workspaceId }) => workspaceId === wanted).length,
    allowed({ workspaceId, scope, documentIds, asOf }) {
      const ordinals = new Uint8Array(ids.length);
      const named = documentIds && new Set(documentIds);
      const isOpen = placeTest(scope, asOf, named);
      const allowed = new Set<string>();
      const candidates = named === undefined ? documents.keys() : [...named].flatMap((id) => [id, ...(holders.get(id) ?? [])]);
      for (const documentId of candidates) {
        const document = documents.get(documentId);
        if (document?.workspaceId !== workspaceId || allowed.has(documentId)) continue;
        if (scope === 'everything' ? named?.has(documentId) === false : !document.places.some(isOpen)) continue;
        allowed.add(documentId);
        for (const ordinal of document.ordinals) ordinals[ordinal] = 1;
      }
      return { documents: allowed, ordinals };
    },
  };
};

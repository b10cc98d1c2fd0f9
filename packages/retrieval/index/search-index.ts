import { fuse, FUSION, type FusionWeights } from '../fusion/fuse.ts';
import { analyzeQuestion } from '../query/question.ts';
import { withGuesses } from '../query/unknown-words.ts';
import type { SearchMode } from '../types.ts';
import { FEEDBACK_PASSAGES, movedTowards } from '../vectors/feedback.ts';
import type { OuterHits } from '../vectors/outer-vectors.ts';
import { topK } from '../vectors/top-k.ts';
import { createVectorSet, NO_VECTOR, type VectorSet } from '../vectors/vector-set.ts';
import { createBm25Index, type QueryTerm } from '../words/bm25.ts';
import { createDocumentNames } from './document-names.ts';
import { createRegister, type Allowance, type Place } from './register.ts';

export interface IndexPassage {
  readonly id: string;
  /** Tells whether the passage of this id is the one that is indexed already. */
  readonly contentHash: string;
  readonly text: string;
  /** Its first line is the document's label. */
  readonly contextHeader: string;
  readonly language: string;
}

export interface IndexVectors {
  readonly model: string;
  readonly ids: readonly string[];
  /** The vectors of `ids`, one after the other. */
  readonly values: Float32Array;
}

export interface IndexQuery extends Allowance {
  readonly query: string;
  readonly mode: SearchMode;
  readonly limit: number;
  /** Unit vector of the question; absent when the model is away or the mode is `words`. */
  readonly vector?: { readonly model: string; readonly values: Float32Array };
  /** What another index found by meaning, in place of `vector`: its best `CANDIDATES`, or all. */
  readonly outer?: OuterHits;
  /** Other weights than the measured ones, to measure. */
  readonly weights?: Partial<FusionWeights>;
  /** Tells how it came about as well. */
  readonly explain?: boolean;
}

export interface Candidate {
  readonly id: string;
  readonly words: number | null;
  readonly meaning: number | null;
  /** How well the question names its document, 0..1. */
  readonly name: number;
  readonly fused: number;
}

/** How much speaks for an answer being here at all; scales that do not depend on what came first. */
export interface Evidence {
  /** The best cosine; null when only words were compared. */
  readonly meaning: number | null;
  /** The best share of the question's words that one of the first passages has, rare words counting more; words that nobody has count as the rarest. */
  readonly words: number;
  /** The same for what the question names alone; null when it names nothing. */
  readonly names: number | null;
}

export interface StagePlace {
  readonly id: string;
  readonly score: number;
}

/** What each stage found, best first, and how the question was understood. */
export interface IndexTrace {
  readonly languages: readonly string[];
  readonly terms: readonly { readonly forms: readonly string[]; readonly passages: number }[];
  readonly phrases: readonly string[];
  readonly named: readonly { readonly documentId: string; readonly score: number }[];
  readonly searched: number;
  readonly weights: FusionWeights;
  readonly stages: { readonly words: readonly StagePlace[]; readonly meaning: readonly StagePlace[]; readonly feedback: readonly StagePlace[] };
  readonly tookMs: { readonly words: number; readonly meaning: number; readonly fusion: number };
}

export interface IndexAnswer {
  readonly candidates: readonly Candidate[];
  readonly evidence: Evidence;
  readonly trace?: IndexTrace;
}

/** What a document's rows say should be indexed. */
export interface ExpectedPassage {
  readonly id: string;
  readonly contentHash: string;
  readonly models: readonly string[];
}

export interface IndexGap {
  /** Passages to be added with `add`. */
  readonly passages: readonly string[];
  /** Passages whose vectors are to be added, by model. */
  readonly vectors: Readonly<Record<string, readonly string[]>>;
}

export interface IndexStats {
  readonly documents: number;
  readonly passages: number;
  readonly vectors: number;
  readonly terms: number;
  readonly memoryBytes: number;
}

/** Everything that is searched, in memory: words and vectors under one ordinal for each passage. Single-threaded, no I/O. */
export interface SearchIndex {
  /** Forgets what the rows no longer hold and answers what is missing. */
  reconcile(documentId: string, workspaceId: string, places: readonly Place[], expected: readonly ExpectedPassage[]): IndexGap;
  add(documentId: string, workspaceId: string, passages: readonly IndexPassage[]): void;
  /** Vectors of unknown passages are left out: their document is gone. */
  addVectors(vectors: IndexVectors): void;
  removeDocument(documentId: string): void;
  documents(): string[];
  /** The documents that may be searched; null when these are all of the workspace. */
  openDocuments(allowance: Allowance): readonly string[] | null;
  search(query: IndexQuery): IndexAnswer;
  stats(): IndexStats;
}

const FALLBACK_LANGUAGES = ['en'];
const MAX_LANGUAGES = 4;
/** How many of each stage's best are put together. 200 gave what all passages gave. */
export const CANDIDATES = 200;
/** Evidence is looked for in so many of the first passages; a trace tells as many of each stage. */
const EVIDENCE_PASSAGES = 20;

const maxOf = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

export const createSearchIndex = (): SearchIndex => {
  const register = createRegister();
  const words = createBm25Index();
  const names = createDocumentNames();
  const vectorSets = new Map<string, VectorSet>();
  const languages = new Map<string, number>();
  let wordScores = new Float32Array(1 << 10);
  let meaningScores = new Float32Array(1 << 10);
  /** Meaning after feedback: what is ranked by. What is told is the cosine of the question itself. */
  let movedScores = new Float32Array(1 << 10);

  const remove = (ordinals: readonly number[]): void => {
    if (ordinals.length === 0) return;
    words.remove(new Set(ordinals));
    for (const ordinal of ordinals) {
      for (const set of vectorSets.values()) set.remove(ordinal);
      register.remove(ordinal);
    }
  };

  /** Vectors whose rows are gone, as after a change of the embedding model. */
  const forgetOtherModels = (ordinal: number, models: readonly string[]): void => {
    for (const [model, set] of vectorSets) {
      if (!set.has(ordinal) || models.includes(model)) continue;
      set.remove(ordinal);
      if (set.size === 0) vectorSets.delete(model);
    }
  };

  /** The commonest first; a stray one (a table of names taken for Tagalog) is not worth its rules. */
  const spokenLanguages = (): readonly string[] => {
    const common = [...languages].sort((a, b) => b[1] - a[1]).slice(0, MAX_LANGUAGES);
    return common.length === 0 ? FALLBACK_LANGUAGES : common.map(([language]) => language);
  };

  const scoreWords = (terms: readonly QueryTerm[], allowed: Uint8Array, count: number): void => {
    wordScores.fill(0, 0, count);
    words.score(terms, wordScores);
    for (let ordinal = 0; ordinal < count; ordinal += 1) if (allowed[ordinal] !== 1) wordScores[ordinal] = 0;
  };

  const scoreMeaning = (set: VectorSet, query: Float32Array, feedback: number, allowed: Uint8Array, count: number): void => {
    set.scores(query, meaningScores, count, allowed);
    const nearest = topK(meaningScores, feedback > 0 ? FEEDBACK_PASSAGES : 0, NO_VECTOR, count);
    const vectors = Array.from(nearest, (ordinal) => set.get(ordinal));
    if (vectors.length === 0) movedScores.set(meaningScores.subarray(0, count));
    else set.scores(movedTowards(query, vectors, feedback), movedScores, count, allowed);
  };

  const takeOver = ({ plain, moved }: OuterHits, allowed: Uint8Array, count: number): void => {
    for (const [hits, scores] of [
      [plain, meaningScores],
      [moved, movedScores],
    ] as const) {
      // Of a list that was cut, the others are no better than its last; of a whole one, they have no vector.
      scores.fill(hits.length < CANDIDATES ? NO_VECTOR : hits.at(-1)!.score, 0, count);
      for (let ordinal = 0; ordinal < count; ordinal += 1) if (allowed[ordinal] !== 1) scores[ordinal] = NO_VECTOR;
      for (const { id, score } of hits) {
        const ordinal = register.find(id);
        if (ordinal !== undefined && allowed[ordinal] === 1) scores[ordinal] = score;
      }
    }
  };

  const makeRoom = (): void => {
    if (register.capacity <= wordScores.length) return;
    wordScores = new Float32Array(register.capacity * 2);
    meaningScores = new Float32Array(register.capacity * 2);
    movedScores = new Float32Array(register.capacity * 2);
  };

  return {
    reconcile(documentId, workspaceId, places, expected) {
      const wanted = new Map(expected.map((each) => [each.id, each]));
      remove(
        register.passagesOf(documentId).filter((ordinal) => {
          const row = wanted.get(register.idOf(ordinal));
          return row === undefined || !register.isSame(ordinal, row.contentHash);
        }),
      );
      register.place(documentId, workspaceId, places);
      for (const ordinal of register.passagesOf(documentId)) forgetOtherModels(ordinal, wanted.get(register.idOf(ordinal))?.models ?? []);
      const vectors: Record<string, string[]> = {};
      const passages: string[] = [];
      for (const { id, models } of expected) {
        const found = register.find(id);
        // A passage may have moved here from another document: to a newer place of the same content, or into an earlier version.
        const ordinal = found !== undefined && register.belongs(found, documentId) ? found : undefined;
        if (ordinal === undefined) passages.push(id);
        for (const model of models) {
          if (ordinal === undefined || vectorSets.get(model)?.has(ordinal) !== true) (vectors[model] ??= []).push(id);
        }
      }
      return { passages, vectors };
    },
    add(documentId, workspaceId, passages) {
      const known = passages.map(({ id }) => register.find(id)).filter((ordinal) => ordinal !== undefined);
      remove(known);
      for (const passage of passages) {
        const ordinal = register.add(passage.id, documentId, workspaceId, passage.contentHash);
        words.add(ordinal, passage);
        languages.set(passage.language, (languages.get(passage.language) ?? 0) + 1);
      }
      const first = passages[0];
      if (first !== undefined) names.put(documentId, first.contextHeader.split('\n', 1)[0] ?? '', first.language);
      makeRoom();
    },
    addVectors({ model, ids, values }) {
      if (ids.length === 0) return;
      const dimensions = values.length / ids.length;
      let set = vectorSets.get(model);
      if (set === undefined) vectorSets.set(model, (set = createVectorSet(dimensions)));
      // Vectors of another length than the model's others are damaged; they are made again when the document is.
      if (set.dimensions !== dimensions) return;
      const rows = set;
      ids.forEach((id, at) => {
        const ordinal = register.find(id);
        if (ordinal !== undefined) rows.put(ordinal, values.subarray(at * dimensions, (at + 1) * dimensions));
      });
    },
    removeDocument(documentId) {
      remove(register.passagesOf(documentId));
      register.removeDocument(documentId);
      names.remove(documentId);
    },
    documents: () => register.documents(),
    openDocuments(allowance) {
      const { documents } = register.allowed(allowance);
      return documents.size === register.documentsOf(allowance.workspaceId) ? null : [...documents];
    },
    search({ query, mode, limit, vector, outer, weights, explain, ...allowance }) {
      const began = performance.now();
      const count = register.capacity;
      const spoken = spokenLanguages();
      const question = analyzeQuestion(query, spoken);
      const terms = question.terms.map((term) => withGuesses(term, words.vocabulary, spoken));
      const { documents: searched, ordinals: allowed } = register.allowed(allowance);
      const required = question.phrases.flatMap(({ terms }) => terms);
      if (required.length > 0) words.keepOnly(required, allowed);
      const set = vector === undefined ? undefined : vectorSets.get(vector.model);
      const byWords = mode !== 'meaning';
      const byMeaning = mode !== 'words' && (outer !== undefined || set !== undefined);
      const mix = { ...FUSION, ...weights, ...(!byMeaning ? { meaning: 0 } : !byWords ? { meaning: 1 } : {}) };

      if (byWords) scoreWords(terms, allowed, count);
      const wordsDone = performance.now();
      if (byMeaning && outer !== undefined) takeOver(outer, allowed, count);
      else if (byMeaning) scoreMeaning(set!, vector!.values, mix.feedback, allowed, count);
      const meaningDone = performance.now();
      const depth = Math.max(CANDIDATES, limit);
      const found = new Set<number>();
      if (byWords) for (const ordinal of topK(wordScores, depth, 0, count)) found.add(ordinal);
      if (byMeaning) for (const ordinal of topK(movedScores, depth, NO_VECTOR, count)) found.add(ordinal);

      const ordinals = [...found];
      const cosine = (scores: Float32Array, ordinal: number): number | null => (byMeaning && scores[ordinal] !== NO_VECTOR ? scores[ordinal]! : null);
      const named = names.match(question.text, spoken, (documentId) => searched.has(documentId));
      const fused = fuse(
        ordinals.map((ordinal) => ({
          words: byWords ? wordScores[ordinal]! : 0,
          meaning: cosine(movedScores, ordinal),
          name: named.get(register.documentOf(ordinal)) ?? 0,
        })),
        mix,
      );
      const ranked = ordinals
        .map((ordinal, at) => ({ ordinal, id: register.idOf(ordinal), fused: fused[at]! }))
        .sort((a, b) => b.fused - a.fused || (a.id < b.id ? -1 : 1));
      const first = ranked.slice(0, EVIDENCE_PASSAGES).map(({ ordinal }) => ordinal);
      const best = (scores: Float32Array, floor: number): StagePlace[] =>
        Array.from(topK(scores, EVIDENCE_PASSAGES, floor, count), (ordinal) => ({ id: register.idOf(ordinal), score: scores[ordinal]! }));
      const trace = (): IndexTrace => ({
        languages: spoken,
        terms: terms.map(({ terms: forms }) => ({ forms, passages: words.frequency(forms, allowed) })),
        phrases: question.phrases.map(({ text }) => text),
        named: [...named].map(([documentId, score]) => ({ documentId, score })).sort((a, b) => b.score - a.score),
        searched: allowed.reduce((sum, each) => sum + each, 0),
        weights: mix,
        stages: {
          words: byWords ? best(wordScores, 0) : [],
          meaning: byMeaning ? best(meaningScores, NO_VECTOR) : [],
          feedback: byMeaning && mix.feedback > 0 ? best(movedScores, NO_VECTOR) : [],
        },
        tookMs: { words: wordsDone - began, meaning: meaningDone - wordsDone, fusion: performance.now() - meaningDone },
      });
      return {
        candidates: ranked.slice(0, limit).map(({ ordinal, id, fused: score }) => ({
          id,
          words: byWords ? wordScores[ordinal]! : null,
          meaning: cosine(meaningScores, ordinal),
          name: named.get(register.documentOf(ordinal)) ?? 0,
          fused: score,
        })),
        evidence: {
          meaning: byMeaning ? first.reduce<number | null>((most, ordinal) => maxOf(most, cosine(meaningScores, ordinal)), null) : null,
          words: words.coverage(terms, first),
          names: question.names.length === 0 ? null : words.coverage(question.names, first),
        },
        ...(explain === true ? { trace: trace() } : {}),
      };
    },
    stats: () => ({
      documents: register.documents().length,
      passages: words.passages,
      vectors: Math.max(0, ...[...vectorSets.values()].map((set) => set.size)),
      terms: words.terms,
      memoryBytes: words.bytes + register.bytes + wordScores.byteLength * 3 + [...vectorSets.values()].reduce((sum, set) => sum + set.bytes, 0),
    }),
  };
};

import type { Vocabulary } from '../query/unknown-words.ts';
import { countTerms } from '../text/tokens.ts';
import { createPostings } from './postings.ts';

/** Weights are stored in quarters, so that a header's term can count less than one of the text. */
const QUARTER = 4;

export interface Bm25Options {
  /** How soon more of the same word stops counting. */
  readonly k1: number;
  /** How much long passages are held back; 0 not at all, 1 in full. */
  readonly b: number;
  /** How much a term of the context header counts beside one of the text. */
  readonly headerWeight: number;
}

/** Measured on both sets: see docs/adr on retrieval. */
export const BM25_DEFAULTS: Bm25Options = { k1: 1.2, b: 0.75, headerWeight: 2 };

export interface WordsInput {
  readonly text: string;
  readonly contextHeader: string;
  readonly language: string;
}

/** A query term: alternatives (stems of one word in several languages) count as one. */
export interface QueryTerm {
  readonly terms: readonly string[];
  readonly weight: number;
}

/** An inverted index with BM25 scores (Robertson and Zaragoza 2009, the fields weighted as in BM25F) over passages known by an ordinal. */
export interface Bm25Index {
  add(ordinal: number, input: WordsInput): void;
  remove(ordinals: ReadonlySet<number>): void;
  /** Adds each passage's score to `scores`, an array by ordinal that the caller has zeroed. */
  score(query: readonly QueryTerm[], scores: Float32Array): void;
  /** Clears `allowed` (1 = yes) for every passage that lacks one of the terms. */
  keepOnly(required: readonly QueryTerm[], allowed: Uint8Array): void;
  /** The largest share of a question's words that one of these passages has, 0..1: rare words count more, words that no passage has count as the rarest. */
  coverage(query: readonly QueryTerm[], ordinals: readonly number[]): number;
  readonly vocabulary: Vocabulary;
  /** How many of the allowed passages (1 = yes) have one of the forms. */
  frequency(forms: readonly string[], allowed: Uint8Array): number;
  readonly passages: number;
  readonly terms: number;
  readonly bytes: number;
}

export const createBm25Index = (options: Bm25Options = BM25_DEFAULTS): Bm25Index => {
  const { k1, b, headerWeight } = options;
  const ids = new Map<string, number>();
  const postings = createPostings();
  let lengths = new Uint16Array(1 << 10);
  let totalLength = 0;
  let passages = 0;

  const idOf = (term: string): number => {
    let id = ids.get(term);
    if (id === undefined) ids.set(term, (id = ids.size));
    return id;
  };

  return {
    add(ordinal, { text, contextHeader, language }) {
      const counts = countTerms(text, language, QUARTER);
      if (headerWeight > 0) countTerms(contextHeader, language, Math.max(1, Math.round(QUARTER * headerWeight)), counts);
      let length = 0;
      for (const [term, weight] of counts) {
        postings.add(idOf(term), ordinal, weight);
        length += weight;
      }
      if (ordinal >= lengths.length) {
        const next = new Uint16Array(Math.max(ordinal + 1, lengths.length * 2));
        next.set(lengths);
        lengths = next;
      }
      lengths[ordinal] = Math.min(65_535, length);
      totalLength += lengths[ordinal];
      passages += 1;
    },
    remove(ordinals) {
      postings.remove((ordinal) => ordinals.has(ordinal));
      for (const ordinal of ordinals) {
        totalLength -= lengths[ordinal]!;
        lengths[ordinal] = 0;
      }
      passages -= ordinals.size;
    },
    score(query, scores) {
      const meanLength = totalLength / Math.max(1, passages);
      const best = new Map<number, number>();
      for (const { terms, weight } of query) {
        const lists = terms
          .map((term) => ids.get(term))
          .filter((id) => id !== undefined)
          .map((id) => postings.list(id))
          .filter((list) => list.length > 0);
        const several = lists.length > 1;
        best.clear();
        for (const list of lists) {
          const idf = Math.log(1 + (passages - list.length + 0.5) / (list.length + 0.5));
          for (const entry of list) {
            const ordinal = entry >>> 8;
            const tf = (entry & 255) / QUARTER;
            const norm = k1 * (1 - b + (b * lengths[ordinal]!) / meanLength);
            const gain = (weight * idf * tf * (k1 + 1)) / (tf + norm);
            if (!several) scores[ordinal]! += gain;
            else if (gain > (best.get(ordinal) ?? 0)) best.set(ordinal, gain);
          }
        }
        for (const [ordinal, gain] of best) scores[ordinal]! += gain;
      }
    },
    coverage(query, ordinals) {
      const place = new Map(ordinals.map((ordinal, at) => [ordinal, at]));
      const sums = new Float64Array(ordinals.length);
      let all = 0;
      for (const { terms, weight } of query) {
        const lists = terms.flatMap((term) => {
          const id = ids.get(term);
          return id === undefined ? [] : [postings.list(id)];
        });
        const frequency = lists.reduce((most, list) => Math.max(most, list.length), 0);
        const worth = weight * Math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5));
        all += worth;
        const has = new Set<number>();
        for (const list of lists) for (const entry of list) if (place.has(entry >>> 8)) has.add(place.get(entry >>> 8)!);
        for (const at of has) sums[at]! += worth;
      }
      return all === 0 ? 0 : sums.reduce((most, sum) => Math.max(most, sum), 0) / all;
    },
    vocabulary: { has: (term) => ids.has(term), terms: () => ids.keys() },
    frequency(forms, allowed) {
      const has = new Set<number>();
      for (const id of forms.map((form) => ids.get(form))) {
        if (id !== undefined) for (const entry of postings.list(id)) if (allowed[entry >>> 8] === 1) has.add(entry >>> 8);
      }
      return has.size;
    },
    keepOnly(required, allowed) {
      const has = new Uint8Array(allowed.length);
      for (const { terms } of required) {
        has.fill(0);
        for (const id of terms.map((term) => ids.get(term))) {
          if (id !== undefined) for (const entry of postings.list(id)) has[entry >>> 8] = 1;
        }
        for (let ordinal = 0; ordinal < allowed.length; ordinal += 1) if (has[ordinal] !== 1) allowed[ordinal] = 0;
      }
    },
    get passages() {
      return passages;
    },
    get terms() {
      return ids.size;
    },
    get bytes() {
      return postings.bytes + lengths.byteLength;
    },
  };
};

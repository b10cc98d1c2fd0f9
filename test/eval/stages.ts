import { createSearchIndex, type IndexPassage, type IndexQuery, type SearchIndex } from '../../packages/retrieval/index/search-index.ts';
import { makePassages } from '../../packages/retrieval/passages/make-passages.ts';
import { inNewOrder, RERANKED, textToScore } from '../../packages/retrieval/fusion/rerank.ts';
import type { FusionWeights } from '../../packages/retrieval/fusion/fuse.ts';
import type { Evidence, Passage, TextDocument } from '#retrieval';
import type { CachedEmbedder } from './embedder.ts';

const WORKSPACE = 'eval';
const DEPTH = 300;

export interface Stage {
  readonly name: string;
  readonly mode: IndexQuery['mode'];
  readonly weights?: Partial<FusionWeights>;
}

/** What a model that reranks reads. */
export type ScoreTexts = (query: string, texts: readonly string[]) => Promise<readonly number[]>;

/** Each adds one thing to the one before; the last is what the product does. */
export const STAGES: readonly Stage[] = [
  { name: 'words', mode: 'words', weights: { name: 0 } },
  { name: 'meaning', mode: 'meaning', weights: { name: 0, feedback: 0 } },
  { name: 'words and meaning', mode: 'hybrid', weights: { name: 0, feedback: 0 } },
  { name: '+ named documents', mode: 'hybrid', weights: { feedback: 0 } },
  { name: '+ feedback (the product)', mode: 'hybrid' },
];

export interface Corpus {
  readonly passages: number;
  /** For making questions of. */
  readonly texts: readonly { readonly text: string; readonly language: string; readonly label: string }[];
  /** What speaks for an answer being there. */
  evidence(query: string, vector: Float32Array): Evidence;
  /** Ids of passages (`<document>#<page>#<index>`), best first. */
  rank(query: string, stage: Stage): readonly string[];
  /** The product's ranking with its best scored again. */
  rerank(query: string, score: ScoreTexts): Promise<readonly string[]>;
}

/** What is embedded of a passage: the same text as the indexer's. */
export const embeddingText = ({ contextHeader, text }: Pick<Passage, 'contextHeader' | 'text'>): string =>
  contextHeader === '' ? text : `${contextHeader}\n${text}`;

const fill = async (
  index: SearchIndex,
  documents: readonly TextDocument[],
  embedder: CachedEmbedder,
): Promise<{ texts: Corpus['texts']; toScore: ReadonlyMap<string, string> }> => {
  const texts: Corpus['texts'][number][] = [];
  const toScore = new Map<string, string>();
  for (const document of documents) {
    const passages = makePassages(document);
    const rows: IndexPassage[] = passages.map((passage) => ({ ...passage, id: `${document.filename}#${passage.page}#${passage.index}` }));
    index.add(document.filename, WORKSPACE, rows);
    const vectors = await embedder.embed(passages.map(embeddingText));
    const values = new Float32Array(vectors.length * (vectors[0]?.length ?? 0));
    vectors.forEach((vector, at) => values.set(vector, at * vector.length));
    index.addVectors({ model: embedder.model, ids: rows.map(({ id }) => id), values });
    passages.forEach(({ heading, text }, at) => toScore.set(rows[at]!.id, textToScore({ filename: document.filename, heading: heading.join(' › '), text })));
    texts.push(...passages.map(({ text, language, contextHeader }) => ({ text, language, label: contextHeader.split('\n', 1)[0] ?? '' })));
  }
  return { texts, toScore };
};

/** Puts documents through passages, words and vectors as the product does, and ranks questions at every stage. */
export const buildCorpus = async (documents: readonly TextDocument[], questions: readonly string[], embedder: CachedEmbedder): Promise<Corpus> => {
  const index = createSearchIndex();
  const { texts, toScore } = await fill(index, documents, embedder);
  const vectors = new Map<string, Float32Array>();
  (await embedder.embed(questions)).forEach((vector, at) => vectors.set(questions[at]!, vector));
  const rank: Corpus['rank'] = (query, { mode, weights }) => {
    const vector = { model: embedder.model, values: vectors.get(query)! };
    return index.search({ workspaceId: WORKSPACE, scope: 'everything', query, mode, limit: DEPTH, vector, weights }).candidates.map(({ id }) => id);
  };
  return {
    passages: texts.length,
    texts,
    evidence: (query, values) =>
      index.search({ workspaceId: WORKSPACE, scope: 'everything', query, mode: 'hybrid', limit: 5, vector: { model: embedder.model, values } }).evidence,
    rank,
    async rerank(query, score) {
      const ids = rank(query, { name: 'the product', mode: 'hybrid' });
      const first = ids.slice(0, RERANKED);
      const scores = await score(
        query,
        first.map((id) => toScore.get(id)!),
      );
      const byId = new Map(scores.map((value, at) => [first[at]!, value]));
      return inNewOrder(
        ids.map((passageId) => ({ passageId })),
        byId,
      ).map(({ passageId }) => passageId);
    },
  };
};

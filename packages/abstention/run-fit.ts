import type { Reader } from '#access';
import type { AbstentionFit, AbstentionTrigger } from '#contracts';
import type { Database } from '#db';
import type { Evidence } from '#retrieval';
import { abstentionRepository } from './abstention.repository.ts';
import { BUILT_IN, confidence } from './confidence.ts';
import { fitThreshold, judgeThreshold } from './fit-threshold.ts';
import { FOREIGN_QUESTIONS } from './foreign-questions.ts';
import { questionFrom } from './make-questions.ts';

/** The search whose evidence is judged; the retriever fits. */
export type EvidenceSearch = (request: { reader: Reader; query: string; limit: number; mode?: 'words' }) => Promise<{
  readonly evidence: Evidence;
  readonly model?: string;
}>;

interface Needs {
  readonly database: Pick<Database, 'db' | 'inTransaction'>;
  readonly search: EvidenceSearch;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
}

const QUESTIONS = 150;
/** Not every sentence makes a question, and a small box has few passages: each is tried so often. */
const ROUNDS = 6;
/** With fewer, one odd question would move the threshold. */
const LEAST_QUESTIONS = 30;
const CURVE_STEPS = 20;

interface Asked {
  readonly reader: Reader;
  readonly query: string;
}

/** Asks questions that the documents answer and questions that they do not, and stores the threshold that tells them apart best. */
export const runAbstentionFit = async (
  { database, search, random = Math.random, signal }: Needs,
  { workspaceId, trigger }: { workspaceId: string; trigger: AbstentionTrigger },
): Promise<void> => {
  const passages = await abstentionRepository.samplePassages(database.db, workspaceId);
  if (passages.length === 0) return;
  const began = performance.now();
  const answerable: Asked[] = [];
  const unanswerable: Asked[] = [];
  for (const passage of Array.from({ length: ROUNDS }, () => passages).flat()) {
    if (answerable.length >= QUESTIONS) break;
    const made = questionFrom(passage, random);
    if (made === null) continue;
    const reader = { workspaceId, userId: passage.ownerId };
    answerable.push({ reader, query: made.question });
    if (made.ofStranger !== null && unanswerable.length < QUESTIONS / 2) unanswerable.push({ reader, query: made.ofStranger });
  }
  // Each with the eyes of somebody who has documents: an empty library refuses everything.
  FOREIGN_QUESTIONS.forEach((query, at) => {
    unanswerable.push({ reader: { workspaceId, userId: passages[at % passages.length]!.ownerId }, query });
  });

  const ask = async (questions: readonly Asked[], mode?: 'words') => {
    const values: number[] = [];
    let model: string | null = null;
    for (const { reader, query } of questions) {
      signal?.throwIfAborted();
      const found = await search({ reader, query, limit: 5, mode });
      model ??= found.model ?? null;
      values.push(confidence(found.evidence));
    }
    return { values, model };
  };

  const store = async (yes: readonly number[], no: readonly number[], embedModel: string | null): Promise<void> => {
    const isFitted = yes.length >= LEAST_QUESTIONS;
    const fit = isFitted ? fitThreshold(yes, no) : judgeThreshold(yes, no, embedModel === null ? BUILT_IN.words : BUILT_IN.meaning);
    const curve = Array.from({ length: CURVE_STEPS + 1 }, (_, step) => {
      const { threshold, falseAnswers, falseRefusals } = judgeThreshold(yes, no, step / CURVE_STEPS);
      return { threshold, falseAnswers: falseAnswers / Math.max(1, no.length), falseRefusals: falseRefusals / Math.max(1, yes.length) };
    });
    const row: Omit<AbstentionFit, 'id' | 'createdAt'> = {
      ...fit,
      trigger,
      embedModel,
      isFitted,
      answerable: yes.length,
      unanswerable: no.length,
      curve,
      tookMs: performance.now() - began,
    };
    await database.inTransaction((tx) => abstentionRepository.insert(tx, workspaceId, row));
  };

  // By words alone too: the threshold of a search while the embedding model is away. First, so that the newest row is that of the usual search.
  const byWords = { yes: await ask(answerable, 'words'), no: await ask(unanswerable, 'words') };
  await store(byWords.yes.values, byWords.no.values, null);
  const yes = await ask(answerable);
  if (yes.model === null) return;
  await store(yes.values, (await ask(unanswerable)).values, yes.model);
};

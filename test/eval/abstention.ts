import { BUILT_IN, confidence } from '../../packages/abstention/confidence.ts';
import { fitThreshold } from '../../packages/abstention/fit-threshold.ts';
import { FOREIGN_QUESTIONS, STRANGERS } from '../../packages/abstention/foreign-questions.ts';
import { questionFrom } from '../../packages/abstention/make-questions.ts';
import type { CachedEmbedder } from './embedder.ts';
import type { Corpus } from './stages.ts';

const MADE = 150;

export interface AbstentionReport {
  /** Fitted to questions made of the passages, as a box does it. */
  readonly threshold: number;
  readonly builtIn: number;
  /** Share of each kind that is refused, by the fitted threshold and by the built-in one. */
  readonly refused: Readonly<Record<string, { readonly questions: number; readonly fitted: number; readonly builtIn: number }>>;
}

/** Park and Miller's generator: the same questions in every run. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

/** The same questions about companies that no document knows; those that name none are left out. */
export const aboutStrangers = (questions: readonly string[], names: readonly string[]): string[] => {
  const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`, 'giu');
  return questions.flatMap((question, at) => {
    const changed = question.replace(pattern, STRANGERS[at % STRANGERS.length]!);
    return changed === question ? [] : [changed];
  });
};

/**
 * What a box would refuse: the threshold is fitted to questions made of a set's own passages, and held against the set's real questions
 * and others that it cannot answer.
 */
export const measureAbstention = async (
  corpus: Corpus,
  embedder: CachedEmbedder,
  kinds: Readonly<Record<string, readonly string[]>>,
): Promise<AbstentionReport> => {
  const confidences = async (questions: readonly string[]): Promise<number[]> => {
    const vectors = await embedder.embed(questions);
    return questions.map((question, at) => confidence(corpus.evidence(question, vectors[at]!)));
  };
  const random = randomFrom(11);
  const answerable: string[] = [];
  const unanswerable: string[] = [...FOREIGN_QUESTIONS];
  while (answerable.length < MADE) {
    const made = questionFrom(corpus.texts[Math.floor(random() * corpus.texts.length)]!, random);
    if (made === null) continue;
    answerable.push(made.question);
    if (made.ofStranger !== null && unanswerable.length < FOREIGN_QUESTIONS.length + MADE / 2) unanswerable.push(made.ofStranger);
  }
  const { threshold } = fitThreshold(await confidences(answerable), await confidences(unanswerable));
  const refused: Record<string, { questions: number; fitted: number; builtIn: number }> = {};
  for (const [kind, questions] of Object.entries(kinds)) {
    const values = await confidences(questions);
    const share = (border: number): number => Number((values.filter((value) => value < border).length / values.length).toFixed(3));
    refused[kind] = { questions: questions.length, fitted: share(threshold), builtIn: share(BUILT_IN.meaning) };
  }
  return { threshold: Number(threshold.toFixed(3)), builtIn: BUILT_IN.meaning, refused };
};

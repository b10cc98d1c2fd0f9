import { createGrounder, sentenceSpans, type GroundingPassage, type TextDocument } from '#retrieval';
import { createSearchIndex } from '../../packages/retrieval/index/search-index.ts';
import { makePassages } from '../../packages/retrieval/passages/make-passages.ts';

/** Share of statements, by what was done to them. */
export interface GroundingReport {
  readonly statements: number;
  /** Bound to a passage of the page that they come from. */
  readonly verbatimRight: number;
  readonly shortenedRight: number;
  /** Bound to anything although the source was not among the passages. */
  readonly foreignBound: number;
  /** One number changed: bound without a word about the number. */
  readonly changedNumberPassed: number;
  /** Of all bound statements whose source was there, those bound to its page. */
  readonly citationPrecision: number;
}

const CONTEXT_PASSAGES = 8;
const MIN_WORDS = 9;
const DROPPED_SHARE = 0.25;

const WORKSPACE = 'eval';

type Source = GroundingPassage & { readonly page: number };

/** Park and Miller's generator: the same statements in every run. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

const shorten = (sentence: string, random: () => number): string =>
  sentence
    .split(' ')
    .filter((word) => /\d/u.test(word) || random() > DROPPED_SHARE)
    .join(' ');

/** Another number with as many digits. */
const changeNumber = (sentence: string): string | null => {
  const changed = sentence.replace(/(?<![\p{L}\d.,])(\d[\d,]*\d)(?![\d,]*\.\d)/u, (figure) =>
    figure.replace(/\d/gu, (digit) => String((Number(digit) + 3) % 9 || 7)),
  );
  return changed === sentence ? null : changed;
};

/** Takes sentences out of documents, alters them, and sees what the check says with their page among other passages, and without it. */
export const measureGrounding = async (documents: readonly TextDocument[], count: number): Promise<GroundingReport> => {
  const random = randomFrom(42);
  const library = documents.map((document) => {
    const index = createSearchIndex();
    const passages = makePassages(document).map((passage) => ({ ...passage, id: `${passage.page}#${passage.index}` }));
    index.add(document.filename, WORKSPACE, passages);
    const known = new Map(
      passages.map((passage): [string, Source] => [
        passage.id,
        { ...passage, passageId: passage.id, heading: passage.heading.join(' › '), filename: document.filename },
      ]),
    );
    /** The passages that a search for the statement finds: the hardest ones to tell from its source. */
    const near = (query: string): Source[] =>
      index.search({ workspaceId: WORKSPACE, scope: 'everything', query, mode: 'words', limit: CONTEXT_PASSAGES }).candidates.map(({ id }) => known.get(id)!);
    return { passages: [...known.values()], near };
  });
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const tally = { statements: 0, verbatim: 0, shortened: 0, foreign: 0, changed: 0, changedPassed: 0, bound: 0, right: 0 };

  while (tally.statements < count) {
    const { passages, near } = pick(library);
    const source = pick(passages);
    const spans = sentenceSpans(source.text).map(({ start, end }) => source.text.slice(start, end));
    const statement = pick(spans) ?? '';
    if ((statement.match(/\p{L}{3,}/gu)?.length ?? 0) < MIN_WORDS || !/[.]$/u.test(statement)) continue;
    // The same sentence elsewhere would make every judgement wrong.
    if (passages.some((other) => other !== source && other.text.includes(statement))) continue;
    tally.statements += 1;
    const others = near(statement).filter((passage) => passage !== source);
    const context = [...others.slice(0, 3), source, ...others.slice(3)];
    const grounder = createGrounder({ passages: context });
    const isRight = async (text: string): Promise<boolean> => {
      const { passageId } = await grounder.check(text);
      if (passageId === null) return false;
      tally.bound += 1;
      const right = passageId.startsWith(`${source.page}#`);
      if (right) tally.right += 1;
      return right;
    };
    if (await isRight(statement)) tally.verbatim += 1;
    if (await isRight(shorten(statement, random))) tally.shortened += 1;
    const without = createGrounder({ passages: others });
    if ((await without.check(statement)).passageId !== null) tally.foreign += 1;
    const changed = changeNumber(statement);
    if (changed !== null) {
      tally.changed += 1;
      const check = await grounder.check(changed);
      if (check.passageId !== null && check.unsupportedNumbers.length === 0) tally.changedPassed += 1;
    }
  }
  const share = (part: number, whole: number): number => Number((part / Math.max(1, whole)).toFixed(3));
  return {
    statements: tally.statements,
    verbatimRight: share(tally.verbatim, tally.statements),
    shortenedRight: share(tally.shortened, tally.statements),
    foreignBound: share(tally.foreign, tally.statements),
    changedNumberPassed: share(tally.changedPassed, tally.changed),
    citationPrecision: share(tally.right, tally.bound),
  };
};

import { isClaim, withoutMarkers } from './claims.ts';
import { bears } from './numbers.ts';
import { isOfAnotherPeriod, isOnlyForeseen } from './qualifiers.ts';
import { DOWN, SUPPORT_THRESHOLD, supportOf, UP } from './support.ts';
import type { Grounder, GroundingCheck, GroundingPassage } from './types.ts';
import { featuresOf, unitsOfPassages, type Unit } from './units.ts';

interface Options {
  readonly passages: readonly GroundingPassage[];
  /** What was asked: its words and numbers may be repeated without a source. */
  readonly question?: string;
  /** Unit vectors of texts. With it, a statement in other words than its source is recognised; failures are ignored. */
  readonly embed?: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
}

/** Windows whose meaning is compared: the best by words. */
const COMPARED_BY_MEANING = 6;
/** Cosines of MiniLM: 0.45 is the same topic, 0.9 the same statement. */
const COSINE = { none: 0.45, full: 0.9 } as const;
/** Meaning can make up for words, not for numbers: it moves the score at most this far up. */
const MEANING_SHARE = 0.35;
/** A longer quote must bear clearly more than the sentence alone. */
const PAIR_HANDICAP = 0.04;

/** What is left of the score when the source speaks of another quarter, or only foresees what is told as a fact. */
const ANOTHER_PERIOD_LEFT = 0.55;
const FORESEEN_LEFT = 0.55;

/** Stems that statements are made with whatever their source says; directions are compared on their own. */
const LIGHT = new Set(
  'about accord amount anticip approxim around came compani document expect fiscal forecast period quarter report roughli show stand state year besag betrag betragt dokument etwa jahr laut rund ungefahr unternehm'.split(
    ' ',
  ),
);
const LIGHT_WEIGHT = 0.08;

const NOTHING = { support: 0, passageId: null, quote: '', boxes: [], unsupportedNumbers: [] } as const;

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

/** Checks an answer sentence by sentence against the passages that it was made from. Pure but for `embed`. */
export const createGrounder = ({ passages, question = '', embed }: Options): Grounder => {
  const units = unitsOfPassages(passages);
  const frequency = new Map<string, number>();
  for (const unit of units) if (unit.sentences === 1) for (const term of unit.terms) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const singles = units.filter(({ sentences }) => sentences === 1).length;
  const weigh = (term: string): number =>
    (LIGHT.has(term) || UP.has(term) || DOWN.has(term) ? LIGHT_WEIGHT : 1) * Math.log(1 + (singles + 1) / ((frequency.get(term) ?? 0) + 0.5));

  const passageNumbers = passages.map(({ text, heading, filename }) => featuresOf(`${text}\n${heading ?? ''}\n${filename ?? ''}`).numbers);
  const questionFeatures = featuresOf(question);
  // A statement may name what the question, the heading or the document's name names: "Adobe's revenue" over a table that says "Revenue".
  const given = passages.map(
    ({ heading, filename, language }) => new Set(featuresOf(`${heading ?? ''} ${(filename ?? '').replace(/[_.-]+/gu, ' ')} ${question}`, language).terms),
  );

  /** How much of its support a window keeps: its words may be those of the statement, and yet be said of another time. */
  const kept = (statement: string, { passage, start, end }: Unit): number => {
    const { text, heading, filename } = passages[passage]!;
    const window = text.slice(start, end);
    const period = isOfAnotherPeriod(statement, window, `${text}\n${heading ?? ''}\n${filename ?? ''}`) ? ANOTHER_PERIOD_LEFT : 1;
    return isOnlyForeseen(statement, window) ? period * FORESEEN_LEFT : period;
  };

  const byMeaning = async (text: string, ranked: readonly { unit: Unit; support: number }[]): Promise<{ unit: Unit; support: number }[]> => {
    if (embed === undefined || ranked.length === 0) return [...ranked];
    try {
      const compared = ranked.slice(0, COMPARED_BY_MEANING);
      const [own, ...others] = await embed([text, ...compared.map(({ unit }) => passages[unit.passage]!.text.slice(unit.start, unit.end))]);
      return compared.map(({ unit, support }, at) => {
        const cosine = own === undefined || others[at] === undefined ? 0 : dot(own, others[at]);
        const meaning = Math.min(1, Math.max(0, (cosine - COSINE.none) / (COSINE.full - COSINE.none)));
        return { unit, support: support + (1 - support) * MEANING_SHARE * meaning * support };
      });
    } catch {
      return [...ranked];
    }
  };

  return {
    async check(sentence): Promise<GroundingCheck> {
      const text = withoutMarkers(sentence);
      if (!isClaim(text)) return { text, claims: false, ...NOTHING };
      const bare = text.replace(/^\s*(?:\d{1,3}|[a-z])[.)]\s+/iu, '');
      // Stemmed by the rules of the passage that it is compared with.
      const byLanguage = new Map(passages.map(({ language }) => [language, featuresOf(bare, language)]));
      const stated = featuresOf(bare);
      const unsupportedNumbers = stated.numbers
        .filter((number) => !passageNumbers.some((numbers) => numbers.some((source) => bears(source, number))))
        .filter((number) => !questionFeatures.numbers.some((source) => bears(source, number)))
        .map(({ written }) => written);

      const ranked = units
        .map((unit) => ({
          unit,
          support:
            kept(bare, unit) *
            supportOf(
              {
                features: byLanguage.get(passages[unit.passage]!.language)!,
                given: given[unit.passage]!,
                weigh,
                passageNumbers: passageNumbers[unit.passage]!,
              },
              unit,
            ),
        }))
        .sort((a, b) => b.support - PAIR_HANDICAP * b.unit.sentences - (a.support - PAIR_HANDICAP * a.unit.sentences));
      const best = (await byMeaning(text, ranked.slice(0, COMPARED_BY_MEANING))).sort(
        (a, b) => b.support - PAIR_HANDICAP * b.unit.sentences - (a.support - PAIR_HANDICAP * a.unit.sentences),
      )[0];
      if (best === undefined) return { text, claims: true, ...NOTHING, unsupportedNumbers };
      const support = Math.min(1, best.support);
      if (support < SUPPORT_THRESHOLD) return { text, claims: true, ...NOTHING, support, unsupportedNumbers };
      const passage = passages[best.unit.passage]!;
      const { start, end } = best.unit;
      return {
        text,
        claims: true,
        support,
        passageId: passage.passageId,
        quote: passage.text.slice(start, end),
        boxes: passage.boxes.filter((box) => box.start === undefined || (box.start < end && box.end > start)),
        unsupportedNumbers,
      };
    },
  };
};

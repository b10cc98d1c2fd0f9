const ORDINALS: readonly (readonly [RegExp, number])[] = [
  [/^(?:1st|first|erste[nsr]?|1\.?)$/iu, 1],
  [/^(?:2nd|second|zweite[nsr]?|2\.?)$/iu, 2],
  [/^(?:3rd|third|dritte[nsr]?|3\.?)$/iu, 3],
  [/^(?:4th|fourth|vierte[nsr]?|4\.?)$/iu, 4],
];
const PERIOD =
  /\b(?:(?<short>[qh])(?<digit>[1-4])(?!\d)|(?<ordinal>first|second|third|fourth|1st|2nd|3rd|4th|erste[nsr]?|zweite[nsr]?|dritte[nsr]?|vierte[nsr]?|[1-4]\.)\s+(?:(?:fiscal|calendar)\s+)?(?<part>quarter|half|quartals?|halbjahre?s?))/giu;
/** FILING_2023Q2: no boundary stands before the letter. */
const GLUED = /(?<=\d)[qQ]([1-4])(?!\d)/gu;
/** Heads of tables that are about one quarter or half without saying which. */
const UNNUMBERED =
  /\b(?:three|six|13|26|thirteen|twenty-six)[\s-]+(?:months?|weeks?)\b|\b(?:quarter|half|quartal|halbjahr)\b(?<!(?:first|second|third|fourth|\p{L}te[nsr]?)\s\p{L}+)/iu;

/** The quarters and halves of a year that a text names, as q1..q4 and h1, h2. */
export const periodsIn = (text: string): Set<string> => {
  const found = new Set<string>();
  for (const { groups } of text.matchAll(PERIOD)) {
    const { short, digit, ordinal, part } = groups!;
    const number = digit ?? ORDINALS.find(([pattern]) => pattern.test(ordinal ?? ''))?.[1];
    found.add(`${short?.toLowerCase() ?? (/^half|^halb/iu.test(part!) ? 'h' : 'q')}${number}`);
  }
  for (const [, digit] of text.matchAll(GLUED)) found.add(`q${digit}`);
  return found;
};

/** Whether a statement is about a quarter or half of the year that its source is not about. A source that leaves open which one it means is believed. */
export const isOfAnotherPeriod = (statement: string, window: string, surroundings: string): boolean => {
  const wanted = periodsIn(statement);
  if (wanted.size === 0) return false;
  const named = periodsIn(window);
  if (named.size > 0) return ![...wanted].some((period) => named.has(period));
  const around = periodsIn(surroundings);
  if ([...wanted].some((period) => around.has(period))) return false;
  return around.size > 0 || !UNNUMBERED.test(`${window}\n${surroundings}`);
};

const FORECAST =
  /\b(?:expects?|anticipates?|forecast(?:s|ed)?|(?:is|are|was|were|be|been) (?:expected|projected|anticipated|planned|scheduled) to|guidance|outlook|erwarte[nt]|prognostizier\w*|prognose\w*|voraussichtlich|rechne[nt] mit)\b/iu;
const FUTURE =
  /\b(?:will|would|may|might|could|should|expected|projected|anticipated|planned|scheduled|estimated?s?|targets?|plans?|intends?|aims?|likely|wird|werden|würden?|dürften?|plant|planen|erwartet|geplant)\b/iu;

/** Whether a source foresees what the statement tells as a fact. */
export const isOnlyForeseen = (statement: string, window: string): boolean => FORECAST.test(window) && !FORECAST.test(statement) && !FUTURE.test(statement);

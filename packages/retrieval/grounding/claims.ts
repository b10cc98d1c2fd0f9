/** [1], [1, 2], [^1], [Source 3], 【2†source】, (Passage 4), (see passage 2): what models write when they are asked to cite. */
const MARKER =
  /\s*(?:\[\s*\^?(?:source|passage|doc(?:ument)?|quelle|ref)?\s*#?\d{1,3}(?:\s*[,;–-]\s*(?:source|passage|quelle)?\s*#?\d{1,3})*\s*\]|【[^】]{0,40}】|\((?:see\s+|siehe\s+)?(?:source|passage|quelle)s?\s*#?\d{1,3}(?:\s*(?:,|;|and|und|&)\s*#?\d{1,3})*\))/giu;

/** The sentence without the markers that the model wrote: which passage bears it is found out, not believed. */
export const withoutMarkers = (sentence: string): string =>
  sentence
    .replace(MARKER, '')
    .replace(/[ \t]+([.,;:!?])/gu, '$1')
    .trim();

const ABSTAINS =
  /\b(?:(?:is|are|was|were)?\s*not (?:in|mentioned|stated|found|given|provided|contained|available|specified)|do(?:es)? not (?:say|mention|state|contain|provide|specify|include)|no (?:information|mention|answer)|cannot (?:be )?(?:answer|determine|find|found)|can(?:no|')t (?:answer|find|tell)|i (?:don't|do not) know|nicht (?:angegeben|erwähnt|enthalten|gefunden|genannt)|keine (?:angabe|information|antwort)|weiß (?:ich )?(?:es )?nicht)/iu;
const POLITE =
  /^(?:hi|hello|hallo|sure|certainly|of course|gern(?:e)?|yes|no|ja|nein|ok(?:ay)?|thanks?|thank you|danke|sorry|i hope|let me know|feel free|please|bitte|here (?:is|are)|hier (?:ist|sind)|in summary|to summarize|zusammenfassend|note that|based on the (?:passages|documents|context|provided|information))\b[^.]*[:.,!]?$/iu;
const RULE = /^[\s|:*_#=>-]*$/u;

/** Whether a sentence of an answer states something that needs a source. Questions, greetings, leads ending in a colon and "it is not in there" do not. */
export const isClaim = (sentence: string): boolean => {
  const bare = sentence.replace(/^[\s>*•–-]+|\*\*|__|`/gu, '').trim();
  const words = bare.match(/\p{L}{2,}/gu) ?? [];
  const hasFigure = /\d/u.test(bare);
  if (RULE.test(bare) || /[?？]["”’)]*$/u.test(bare)) return false;
  if (words.length < 2 && !hasFigure) return false;
  if (/^\d{1,3}[.)]?$/u.test(bare)) return false;
  if (bare.endsWith(':') && !hasFigure) return false;
  return !(ABSTAINS.test(bare) || (POLITE.test(bare) && !hasFigure && words.length < 14));
};

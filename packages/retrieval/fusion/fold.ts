/** Share of common word triples from which two passages say the same. 0.85: a letterhead more or less; filings of two years differ by more. */
const SAME_SHARE = 0.85;
const SHINGLE = 3;

const WORD = /[\p{L}\p{N}][\p{L}\p{N}.,]*/gu;
const wordsOf = (text: string): string[] => (text.toLowerCase().match(WORD) ?? []).map((word) => word.replace(/[.,]+$/u, ''));

const fingerprint = (text: string) => {
  const words = wordsOf(text);
  const shingles = new Set(words.length < SHINGLE ? [words.join(' ')] : words.slice(SHINGLE - 1).map((_, at) => words.slice(at, at + SHINGLE).join(' ')));
  const numbers = words
    .filter((word) => /\d/u.test(word))
    .sort()
    .join(' ');
  return { shingles, numbers };
};

const isSame = (a: ReturnType<typeof fingerprint>, b: ReturnType<typeof fingerprint>): boolean => {
  // The same table with other figures is another table.
  if (a.numbers !== b.numbers) return false;
  const smaller = a.shingles.size <= b.shingles.size ? a.shingles : b.shingles;
  const larger = smaller === a.shingles ? b.shingles : a.shingles;
  if (smaller.size < SAME_SHARE * larger.size) return false;
  let common = 0;
  for (const shingle of smaller) if (larger.has(shingle)) common += 1;
  return common / (a.shingles.size + b.shingles.size - common) >= SAME_SHARE;
};

/** Each text's equal among those before it: the index of the first that says the same, with the same numbers, else its own. */
export const nearDuplicates = (texts: readonly string[]): number[] => {
  const prints = texts.map(fingerprint);
  const firsts: number[] = [];
  return prints.map((print, at) => {
    const first = firsts.find((before) => isSame(prints[before]!, print));
    if (first !== undefined) return first;
    firsts.push(at);
    return at;
  });
};

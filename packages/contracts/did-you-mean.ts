/** Edits (insert, delete, replace) that turn `a` into `b`, letters' case aside. */
const distance = (a: string, b: string): number => {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
};

/** The name of `known` that `given` most likely was meant to be; undefined when none is near. */
export const didYouMean = (given: string, known: readonly string[]): string | undefined => {
  const nearest = known.map((name) => ({ name, edits: distance(given, name) })).sort((a, b) => a.edits - b.edits)[0];
  return nearest && nearest.edits <= Math.max(2, Math.floor(given.length / 3)) ? nearest.name : undefined;
};

/** How well `label` answers `query`: 3 begins with it, 2 a word does, 1 holds its letters in order, 0 not at all. */
const matchRank = (query: string, label: string): number => {
  const wanted = query.trim().toLowerCase();
  const text = label.toLowerCase();
  if (wanted === '' || text.startsWith(wanted)) return 3;
  if (text.includes(` ${wanted}`)) return 2;
  let at = -1;
  for (const letter of wanted) {
    at = text.indexOf(letter, at + 1);
    if (at === -1) return 0;
  }
  return 1;
};

/** Those that match, best first, else in their own order. */
export const bestMatches = <Item extends { label: string }>(query: string, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, rank: matchRank(query, item.label) }))
    .filter(({ rank }) => rank > 0)
    .toSorted((one, other) => other.rank - one.rank)
    .map(({ item }) => item);

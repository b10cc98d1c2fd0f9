import type { PageBlock } from '#contracts';

/** Layout, hyphens and signs differ between a page and the passage that was made of it: letters and digits count. */
const signsOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** A row as passages hold it: each value under the name of its column. */
const labelled = (cells: readonly string[], head: readonly string[]): string =>
  cells.map((cell, at) => (cell === '' ? '' : `${head[at] ?? ''}${cell}`)).join('');

/**
 * Which rows of a page stand in a passage, by their place among the blocks. `head` names the columns where the row that does so
 * stands on an earlier page.
 */
export const rowsIn = (blocks: readonly PageBlock[], head: readonly string[] | null, quote: string): Set<number> => {
  const wanted = signsOf(quote);
  const found = new Set<number>();
  let names: readonly string[] = head ?? [];
  blocks.forEach(({ cells, isHead }, at) => {
    if (isHead === true) names = cells ?? [];
    else if (cells === undefined) names = at === 0 ? names : [];
    else {
      const [plain, named] = [signsOf(cells.join('')), signsOf(labelled(cells, names))];
      if (plain !== '' && (wanted.includes(plain) || wanted.includes(named))) found.add(at);
    }
  });
  return found;
};

type Range = readonly [number, number];

const LENGTH = 260;
const BEFORE = 60;

/** The part of a passage around its first match, cut at spaces, with the matches moved along. */
export const excerpt = (text: string, highlights: readonly Range[], length = LENGTH): { text: string; highlights: Range[] } => {
  const first = highlights[0]?.[0] ?? 0;
  let start = Math.max(0, Math.min(first - BEFORE, text.length - length));
  if (start > 0) start = Math.min(first, Math.max(start, text.indexOf(' ', start) + 1));
  let end = Math.min(text.length, start + length);
  if (end < text.length) {
    const space = text.lastIndexOf(' ', end);
    if (space > first) end = space;
  }
  const lead = start > 0 ? '… ' : '';
  return {
    text: `${lead}${text.slice(start, end)}${end < text.length ? ' …' : ''}`,
    highlights: highlights
      .filter(([from, to]) => from >= start && to <= end)
      .map(([from, to]) => [from - start + lead.length, to - start + lead.length] as const),
  };
};

/** A text with some of its ranges marked. Ranges are in order and do not overlap. */
export const Marked = ({ text, highlights }: { text: string; highlights: readonly (readonly [number, number])[] }) => {
  const parts: React.ReactNode[] = [];
  let done = 0;
  for (const [start, end] of highlights) {
    if (start < done) continue;
    parts.push(text.slice(done, start), <mark key={start}>{text.slice(start, end)}</mark>);
    done = end;
  }
  parts.push(text.slice(done));
  return parts;
};

export type Delimiter = ',' | ';' | '\t' | '|';

const DELIMITERS: readonly Delimiter[] = ['\t', ';', ',', '|'];
const MAX_ROWS = 50;
/** Rows that must have as many fields as most; fewer where the file's name says that it is a table. */
const MIN_SHARE = { unknown: 0.9, likely: 0.6 } as const;
/** Fields of a table are short; sentences with commas in them are not. */
const MAX_MEAN_CHARS = 40;
const MIN_FILLED = 0.5;

/** How many fields a line has; what stands in quotes is one. */
const fieldsOf = (line: string, delimiter: Delimiter): string[] =>
  line.replace(/"(?:[^"]|"")*"/gu, (quoted) => 'q'.repeat(Math.min(quoted.length, 20))).split(delimiter);

/**
 * The delimiter of a text that is a table, or undefined. Several rows must agree on their fields; `isLikely` asks for less,
 * where something else says already that it is one.
 */
export const guessDelimiter = (text: string, { isLikely = false } = {}): Delimiter | undefined => {
  if (!isLikely && /^\s*[[{<#]/u.test(text)) return undefined;
  const lines = text
    .slice(0, 64 * 1024)
    .replace(/"(?:[^"]|"")*"/gu, (quoted) => quoted.replace(/\n/gu, ' '))
    .split(/\r?\n/u)
    .filter((line) => line.trim() !== '')
    .slice(0, MAX_ROWS);
  // The last line may be cut off.
  const rows = lines.length > 3 ? lines.slice(0, -1) : lines;
  if (rows.length < (isLikely ? 1 : 3)) return undefined;
  let best: { delimiter: Delimiter; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const fields = rows.map((row) => fieldsOf(row, delimiter));
    const counts = new Map<number, number>();
    for (const { length } of fields) counts.set(length, (counts.get(length) ?? 0) + 1);
    const [width, agreeing] = [...counts].filter(([count]) => count > 1).sort((a, b) => b[1] - a[1])[0] ?? [1, 0];
    if (width < 2 || agreeing < rows.length * (isLikely ? MIN_SHARE.likely : MIN_SHARE.unknown)) continue;
    const all = fields.flat();
    const filled = all.filter((field) => field.trim() !== '');
    if (!isLikely) {
      // Commas and bars stand in prose and in code; two of them in each line and short words between do not.
      if ((delimiter === ',' && width < 3) || delimiter === '|') continue;
      if (filled.length <= MIN_FILLED * all.length || filled.reduce((sum, field) => sum + field.length, 0) > MAX_MEAN_CHARS * filled.length) continue;
    }
    const score = (agreeing / rows.length) * Math.min(width, 20);
    if (score > (best?.score ?? 0)) best = { delimiter, score };
  }
  return best?.delimiter;
};

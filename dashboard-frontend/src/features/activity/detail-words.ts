const word = (value: unknown): string => (value === null ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value));

interface Changed {
  key: string;
  from?: unknown;
  to?: unknown;
}

const isChange = (value: unknown): value is Changed => typeof value === 'object' && value !== null && 'key' in value && ('to' in value || 'from' in value);

/** What was written down with an act, in a line: `metrics.intervalMs: 5000 → 2000`, `role: admin`. */
export const detailWords = (details: unknown): string => {
  if (details === null || details === undefined) return '';
  if (Array.isArray(details)) return details.map((each) => (isChange(each) ? `${each.key}: ${word(each.from)} → ${word(each.to)}` : word(each))).join(', ');
  if (typeof details === 'object')
    return Object.entries(details)
      .map(([name, value]) => `${name}: ${word(value)}`)
      .join(', ');
  return word(details);
};

/** A backup as retention sees it. */
export interface Dated {
  id: string;
  takenAt: Date;
}
export interface Retention {
  daily: number;
  weekly: number;
  monthly: number;
}

const DAY_MS = 86_400_000;
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
const monthOf = (at: Date): string => at.toISOString().slice(0, 7);
/** Weeks begin on Mondays; the first of January 1970 was a Thursday. */
const weekOf = (at: Date): string => String(Math.floor((at.getTime() / DAY_MS + 3) / 7));

/** The newest of each of the last `count` days, weeks or months that have one. */
const newestOfEach = (newestFirst: readonly Dated[], periodOf: (at: Date) => string, count: number): string[] => {
  const first = new Map<string, string>();
  for (const { id, takenAt } of newestFirst) if (!first.has(periodOf(takenAt))) first.set(periodOf(takenAt), id);
  return [...first.values()].slice(0, count);
};

/** Which backups stay: the newest always, and the newest of each day, week and month as far as they are wanted. Days are those of UTC. */
export const keptBackups = (backups: readonly Dated[], { daily, weekly, monthly }: Retention): Set<string> => {
  const newestFirst = [...backups].sort((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
  return new Set([
    ...newestFirst.slice(0, 1).map(({ id }) => id),
    ...newestOfEach(newestFirst, dayOf, daily),
    ...newestOfEach(newestFirst, weekOf, weekly),
    ...newestOfEach(newestFirst, monthOf, monthly),
  ]);
};

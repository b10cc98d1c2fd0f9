import type { Clock } from '#kit';

/** One end of a part that was not the box's own stop, and when it was ready again. */
export interface Restart {
  detectedAt: number;
  readyAt: number | null;
  reason: string;
  /** Null: it ended by itself. `launcher` for one that hung, else who asked for it. */
  by: string | null;
}

/** Self-healing copies them into rows within seconds; these are for the time in which it is away itself. */
const KEPT = 50;

/** The newest restarts of one part. */
export const createHistory = (clock: Pick<Clock, 'now'>) => {
  const restarts: Restart[] = [];
  return {
    ended({ reason, by }: Pick<Restart, 'reason' | 'by'>): void {
      restarts.push({ detectedAt: clock.now(), readyAt: null, reason, by });
      if (restarts.length > KEPT) restarts.shift();
    },
    ready(): void {
      const last = restarts.at(-1);
      if (last) last.readyAt ??= clock.now();
    },
    all: (): readonly Restart[] => restarts,
  };
};

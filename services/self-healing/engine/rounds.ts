import { errorText, type Clock } from '#kit';
import type { Check, Found, Look, Needs } from '../types.ts';

/** How a check went when it last ran. */
export interface Round {
  checkId: string;
  at: number;
  tookMs: number;
  found: number;
  error: string | null;
  skipped: string | null;
}

interface RoundsNeeds {
  checks: readonly Check[];
  needs: Needs;
  /** Told what counts as wrong after each look that succeeded. */
  onLook: (check: Check, found: readonly Found[]) => Promise<void>;
  onRound: (round: Round) => void;
  clock: Clock;
}

const isSkipped = (look: Look): look is { skipped: string } => 'skipped' in look;

/** One look, within its time. */
export const lookOnce = async (check: Check, needs: Needs, signal: AbortSignal): Promise<Look> => {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(check.timeoutMs)]);
  const late = new Promise<never>((_, reject) => patience.addEventListener('abort', () => reject(patience.reason as Error), { once: true }));
  late.catch(() => undefined);
  return Promise.race([check.look(needs, patience), late]);
};

/** Runs every check in its own rhythm, one at a time, and counts in how many looks in a row each thing was seen. */
export const createRounds = ({ checks, needs, onLook, onRound, clock }: RoundsNeeds) => {
  const dueAt = new Map<string, number>();
  const streaks = new Map<string, Map<string, number>>();

  const run = async (check: Check, signal: AbortSignal): Promise<void> => {
    const began = clock.now();
    const round: Round = { checkId: check.id, at: began, tookMs: 0, found: 0, error: null, skipped: null };
    try {
      const look = await lookOnce(check, needs, signal);
      if (signal.aborted) return;
      if (isSkipped(look)) round.skipped = look.skipped;
      const seen = isSkipped(look) ? [] : look;
      const before = streaks.get(check.id) ?? new Map<string, number>();
      const streak = new Map(seen.map(({ subject }) => [subject, (before.get(subject) ?? 0) + 1]));
      streaks.set(check.id, streak);
      const counted = seen.filter(({ subject }) => streak.get(subject)! >= check.after);
      round.found = counted.length;
      await onLook(check, counted);
    } catch (error) {
      if (signal.aborted) return;
      round.error = errorText(error);
    }
    round.tookMs = clock.now() - began;
    dueAt.set(check.id, clock.now() + check.everyMs);
    onRound(round);
  };

  return {
    /** Runs what is due, one after the other: looking must not be a load of its own. */
    async runDue(signal: AbortSignal): Promise<void> {
      for (const check of checks) {
        if (signal.aborted) return;
        if ((dueAt.get(check.id) ?? 0) <= clock.now()) await run(check, signal);
      }
    },
    /** Makes all checks due, or the one that is named. */
    hurry(checkId?: string): void {
      if (checkId === undefined) dueAt.clear();
      else dueAt.delete(checkId);
    },
    /** Milliseconds until the next is due. */
    nextMs: (): number => Math.max(0, Math.min(...checks.map(({ id }) => dueAt.get(id) ?? 0)) - clock.now()),
  };
};
export type Rounds = ReturnType<typeof createRounds>;

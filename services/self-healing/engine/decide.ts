import type { FixupFacts } from '#healing';

/** Tries for one issue before it is a person's. */
export const MAX_TRIES = 5;
/** Repairs of the whole box within the window: more of them are a sign that repairing does not help. */
export const MAX_REPAIRS = 10;
export const WINDOW_MS = 30 * 60_000;

export interface Try {
  fixup: string;
  /** Epoch milliseconds; null while it runs. */
  finishedAt: number | null;
}

export interface Situation {
  status: 'open' | 'healing' | 'escalated';
  incurable: string | null;
  /** What may cure it, the gentlest first. */
  suggestions: readonly FixupFacts[];
  /** The box's own tries for this issue, oldest first. */
  tries: readonly Try[];
  /** A person was asked already, or asked by themselves: their repair waits or runs. */
  inHand: boolean;
  /** When the box's own repairs of the last half hour began, all issues together. */
  recentRepairs: readonly number[];
  /** Why nothing is repaired now, such as an update; null when nothing stands against it. */
  heldBack: string | null;
  /** Whether the box repairs by itself, or asks first. */
  mode: 'automatic' | 'ask';
  /** Whether the machine may be restarted without asking. */
  mayReboot: boolean;
  firstPauseMs: number;
}

export type Decision =
  | { kind: 'wait'; why: string }
  | { kind: 'repair'; fixup: string; attempt: number }
  /** The suggestion waits for a person. */
  | { kind: 'ask'; fixup: string }
  | { kind: 'escalate'; why: string };

const isAutomatic = ({ id, automatic }: FixupFacts, mayReboot: boolean): boolean => automatic || (id === 'machine.reboot' && mayReboot);

/** The pause before try `n + 1`: ten seconds, doubling. */
export const pauseMs = (tries: number, firstPauseMs: number): number => (tries === 0 ? 0 : firstPauseMs * 2 ** (tries - 1));

/** What to do about one issue at `now`. */
export const decide = (situation: Situation, now: number): Decision => {
  const { status, incurable, suggestions, tries, inHand, recentRepairs, heldBack, mode, mayReboot, firstPauseMs } = situation;
  if (inHand) return { kind: 'wait', why: 'A repair is in hand.' };
  if (status === 'escalated') return { kind: 'wait', why: 'A person was told.' };
  if (incurable !== null) return { kind: 'escalate', why: incurable };
  if (heldBack !== null) return { kind: 'wait', why: heldBack };
  if (suggestions.length === 0) return { kind: 'escalate', why: 'No repair is known for this.' };
  const own = suggestions.filter((one) => isAutomatic(one, mayReboot));
  const others = suggestions.filter((one) => !own.includes(one));
  if (mode === 'ask' || own.length === 0) return { kind: 'ask', fixup: suggestions[0]!.id };
  if (tries.length >= MAX_TRIES) {
    return others[0] ? { kind: 'ask', fixup: others[0].id } : { kind: 'escalate', why: `${tries.length} repairs did not cure it.` };
  }
  const last = tries.at(-1);
  if (last && (last.finishedAt === null || now < last.finishedAt + pauseMs(tries.length, firstPauseMs)))
    return { kind: 'wait', why: 'The next try is not due yet.' };
  if (recentRepairs.filter((at) => now - at < WINDOW_MS).length >= MAX_REPAIRS)
    return { kind: 'escalate', why: `${MAX_REPAIRS} repairs within 30 minutes are enough: repairing does not help.` };
  // The gentlest first; the next rung when it has had its share of the tries.
  const rung = Math.min(own.length - 1, Math.floor((tries.length * own.length) / MAX_TRIES));
  return { kind: 'repair', fixup: own[rung]!.id, attempt: tries.length + 1 };
};

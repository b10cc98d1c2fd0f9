import type { Mute } from './types.ts';

const PERIOD_MS = { daily: 86_400_000, weekly: 7 * 86_400_000 } as const;

/** Whether a mute is in force at `now`; a window that repeats is so at the same time of each day or week. */
export const isInForce = ({ from, until, repeats }: Mute, now: number): boolean => {
  if (now < from) return false;
  if (repeats === null) return now < until;
  return (now - from) % PERIOD_MS[repeats] < until - from;
};

/** Whether nothing is told of a cause (`disk:/data`) now: for itself, its part (`disk`), a rule that sees it, or everything. */
export const isMuted = (mutes: readonly Mute[], { key, cause, ruleIds }: { key: string; cause: string; ruleIds: readonly string[] }, now: number): boolean =>
  mutes.some((mute) => isInForce(mute, now) && (mute.target === '*' || mute.target === key || mute.target === cause || ruleIds.includes(mute.target)));

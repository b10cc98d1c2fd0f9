import { rank } from '../engine/severity.ts';
import type { Severity } from '#contracts';
import { quietUntil, type Quiet } from './quiet.ts';

/** A message that is due for one channel. */
export interface Due {
  id: string;
  severity: Severity;
  topic: string;
  /** Whether its incident still lasts. */
  lasts: boolean;
  createdAt: number;
}

export interface DeliveryPlan<Each extends Due> {
  /** Held until then. */
  held: readonly Each[];
  heldUntil: number | null;
  /** Told each by itself, in order. */
  single: readonly Each[];
  /** Told as one. */
  digest: readonly Each[];
}

/** What waited longer than this was held back (quiet hours, no network, a full channel): news of one moment no more. */
const STALE_MS = 3 * 60_000;
/** From so many on, what was held back is told as one. */
const DIGEST_FROM = 3;

/**
 * What a channel is told now: nothing in quiet hours but what may break them; each message by itself; what was held back in one digest. A
 * critical incident that still lasts stands by itself also then, since it has to be acted on.
 */
export const planDeliveries = <Each extends Due>(due: readonly Each[], quiet: Quiet | null, now: number): DeliveryPlan<Each> => {
  const heldUntil = quiet === null ? null : quietUntil(quiet, now);
  const breaks = ({ severity, topic }: Each): boolean => quiet?.letsCritical === true && severity === 'critical' && !topic.endsWith('.resolved');
  const held = heldUntil === null ? [] : due.filter((each) => !breaks(each));
  const free = heldUntil === null ? due : due.filter(breaks);
  const stale = free.filter((each) => now - each.createdAt > STALE_MS && !(each.lasts && each.severity === 'critical'));
  if (stale.length < DIGEST_FROM) return { held, heldUntil, single: free, digest: [] };
  const digest = [...stale].sort((a, b) => rank(b.severity) - rank(a.severity) || a.createdAt - b.createdAt);
  return { held, heldUntil, single: free.filter((each) => !stale.includes(each)), digest };
};

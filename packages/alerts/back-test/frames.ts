import type { Reading } from '../engine/index.ts';

/** A stored value. */
export interface Sample {
  device: string;
  /** Milliseconds since the epoch. */
  at: number;
  value: number;
}

/** What one look would have found. */
export interface Frame {
  now: number;
  /** null: nothing was read. */
  readings: Reading[] | null;
}

interface Span {
  fromMs: number;
  toMs: number;
  /** Time between looks. */
  everyMs: number;
  /** How long a stored value stands for what was heard after it; 0: for the look that follows alone. */
  holdsMs: number;
}

/**
 * Stored values (in order of time) as the looks that would have read them: the newest of each series since the look before. Carries what holds on
 * from one part of the history to the next in `held`, so that long spans can be read piece by piece.
 */
export function* framesOf(samples: readonly Sample[], { fromMs, toMs, everyMs, holdsMs }: Span, held = new Map<string, Sample>()): Generator<Frame> {
  let next = 0;
  for (let now = fromMs + everyMs; now <= toMs; now += everyMs) {
    if (holdsMs === 0) held.clear();
    for (; next < samples.length && samples[next]!.at <= now; next += 1) held.set(samples[next]!.device, samples[next]!);
    const readings: Reading[] = [];
    for (const [device, { at, value }] of held) {
      if (holdsMs > 0 && now - at > holdsMs) held.delete(device);
      else readings.push({ device, value });
    }
    yield { now, readings: readings.length === 0 ? null : readings };
  }
}

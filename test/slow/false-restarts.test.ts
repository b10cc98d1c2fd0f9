import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextSilence, silenceLimitMs, type ProcessLook, type Silence } from '../../services/launcher/silence.ts';

const HOURS = 6;
const BEAT_MS = 2_000;
const LOOK_MS = 1_000;

/** What a busy box goes through: the process is away for a while, in a state that the kernel names. */
interface Trouble {
  atMs: number;
  forMs: number;
  look: ProcessLook;
  /** Whether the watcher stood still as well: a suspended machine, a swap storm. */
  both: boolean;
}

/** Runs the watcher over `hours` of a process that beats, but for its troubles. Returns how often it would have been ended. */
const simulate = (troubles: readonly Trouble[], startupMs = 0): number => {
  let ended = 0;
  let heardAt = startupMs;
  let silence: Silence | null = null;
  for (let now = 0; now < HOURS * 3_600_000; now += LOOK_MS) {
    const trouble = troubles.find(({ atMs, forMs }) => now >= atMs && now < atMs + forMs);
    if (!trouble && now % BEAT_MS === 0) heardAt = Math.max(heardAt, now);
    if (trouble?.both) continue;
    silence = nextSilence(silence, heardAt, now);
    if (now - silence.since > silenceLimitMs(trouble?.look ?? { state: 'S', isWorking: true })) {
      ended += 1;
      heardAt = now;
      silence = null;
    }
  }
  return ended;
};

const trouble = fc.record({ atMs: fc.integer({ min: 10_000, max: HOURS * 3_600_000 - 120_000 }) }).chain(({ atMs }) =>
  fc.oneof(
    // Collections of memory: a second or two of pure work.
    fc.record({
      atMs: fc.constant(atMs),
      forMs: fc.integer({ min: 100, max: 4_000 }),
      look: fc.constant({ state: 'R', isWorking: true }),
      both: fc.constant(false),
    }),
    // A page that is read without a pause, a large sort.
    fc.record({
      atMs: fc.constant(atMs),
      forMs: fc.integer({ min: 1_000, max: 25_000 }),
      look: fc.constant({ state: 'R', isWorking: true }),
      both: fc.constant(false),
    }),
    // A slow disk.
    fc.record({
      atMs: fc.constant(atMs),
      forMs: fc.integer({ min: 1_000, max: 25_000 }),
      look: fc.constant({ state: 'D', isWorking: false }),
      both: fc.constant(false),
    }),
    // A debugger or a snapshot for some seconds.
    fc.record({
      atMs: fc.constant(atMs),
      forMs: fc.integer({ min: 1_000, max: 4_000 }),
      look: fc.constant({ state: 'T', isWorking: false }),
      both: fc.constant(false),
    }),
    // The lid is closed.
    fc.record({
      atMs: fc.constant(atMs),
      forMs: fc.integer({ min: 10_000, max: 120_000 }),
      look: fc.constant({ state: 'S', isWorking: false }),
      both: fc.constant(true),
    }),
  ),
);

test('six hours of pauses, collections, slow disks and closed lids: nothing is ended that is only slow', () => {
  fc.assert(
    fc.property(fc.array(trouble, { minLength: 5, maxLength: 20 }), (drawn) => {
      // One after the other with air between them: two in a row would be one long one.
      let free = 0;
      const troubles = drawn
        .toSorted((a, b) => a.atMs - b.atMs)
        .filter(({ atMs, forMs }) => {
          if (atMs < free) return false;
          free = atMs + forMs + 10_000;
          return true;
        });
      expect(simulate(troubles)).toBe(0);
    }),
    { numRuns: 100 },
  );
}, 600_000);

test('a process that is really stopped or stuck is ended, once', () => {
  const stuck = (state: string, forMs: number): Trouble => ({ atMs: 3_600_000, forMs, look: { state, isWorking: state === 'R' }, both: false });
  expect(simulate([stuck('T', 15_000)])).toBe(1);
  expect(simulate([stuck('S', 25_000)])).toBe(1);
  expect(simulate([stuck('R', 70_000)])).toBe(1);
});

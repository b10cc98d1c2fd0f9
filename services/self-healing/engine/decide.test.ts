import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { suggestionsFor } from '#healing';
import { decide, MAX_REPAIRS, MAX_TRIES, pauseMs, WINDOW_MS, type Situation } from './decide.ts';

const FIRST_PAUSE_MS = 10_000;
const situation = (changes: Partial<Situation> = {}): Situation => ({
  status: 'open',
  incurable: null,
  suggestions: suggestionsFor('index.drift'),
  tries: [],
  inHand: false,
  recentRepairs: [],
  heldBack: null,
  mode: 'automatic',
  mayReboot: false,
  firstPauseMs: FIRST_PAUSE_MS,
  ...changes,
});

describe('what is done about an issue', () => {
  test('the gentlest repair first, the next one when it has had its share, and pauses that double from ten seconds', () => {
    const seen: [string, number][] = [];
    let now = 0;
    const tries: { fixup: string; finishedAt: number }[] = [];
    for (let round = 0; round < 10_000 && tries.length < MAX_TRIES; round += 1, now += 1_000) {
      const next = decide(situation({ tries }), now);
      if (next.kind !== 'repair') continue;
      seen.push([next.fixup, now / 1000]);
      tries.push({ fixup: next.fixup, finishedAt: now });
    }
    expect(seen).toEqual([
      ['index.rebuild', 0],
      ['index.rebuild', 10],
      ['index.rebuild', 30],
      ['service.restart', 70],
      ['service.restart', 150],
    ]);
    expect(decide(situation({ tries }), now + 3_600_000)).toEqual({ kind: 'escalate', why: '5 repairs did not cure it.' });
  });

  test('a cause that no repair can cure goes to a person at once', () => {
    expect(decide(situation({ incurable: 'The port is taken.' }), 0)).toEqual({ kind: 'escalate', why: 'The port is taken.' });
  });

  test('nothing while an update runs, nor while a repair is in hand', () => {
    expect(decide(situation({ heldBack: 'An update runs.' }), 0)).toEqual({ kind: 'wait', why: 'An update runs.' });
    expect(decide(situation({ inHand: true }), 0).kind).toBe('wait');
    expect(decide(situation({ status: 'escalated' }), 0).kind).toBe('wait');
  });

  test('a restart of the machine is asked for, unless its owner allowed it', () => {
    const tries = Array.from({ length: MAX_TRIES }, () => ({ fixup: 'service.restart', finishedAt: 0 }));
    const down = situation({ suggestions: suggestionsFor('process.down') });
    expect(decide({ ...down, tries }, 3_600_000)).toEqual({ kind: 'ask', fixup: 'machine.reboot' });
    expect(decide({ ...down, mayReboot: true, tries: tries.slice(0, 3) }, 3_600_000)).toMatchObject({ kind: 'repair', fixup: 'machine.reboot' });
    expect(decide({ ...down, mode: 'ask' }, 0)).toEqual({ kind: 'ask', fixup: 'service.restart' });
  });

  test('whatever fails, however often: at most five tries an issue, ten repairs in half an hour, and never sooner than the pause', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 50, maxLength: 400 }), (issues, steps) => {
        const tries = Array.from({ length: issues }, (): { fixup: string; finishedAt: number }[] => []);
        const repairs: number[] = [];
        const closed = new Set<number>();
        let now = 0;
        for (const step of steps) {
          now += step;
          for (let n = 0; n < issues; n += 1) {
            if (closed.has(n)) continue;
            const next = decide(situation({ tries: tries[n]!, recentRepairs: repairs }), now);
            if (next.kind === 'escalate') closed.add(n);
            if (next.kind !== 'repair') continue;
            const last = tries[n]!.at(-1);
            if (last) expect(now - last.finishedAt).toBeGreaterThanOrEqual(pauseMs(tries[n]!.length, FIRST_PAUSE_MS));
            tries[n]!.push({ fixup: next.fixup, finishedAt: now });
            repairs.push(now);
            expect(repairs.filter((at) => now - at < WINDOW_MS).length).toBeLessThanOrEqual(MAX_REPAIRS);
          }
        }
        for (const of of tries) expect(of.length).toBeLessThanOrEqual(MAX_TRIES);
      }),
      { numRuns: 200 },
    );
  });
});

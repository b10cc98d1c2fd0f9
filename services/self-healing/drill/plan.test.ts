import { expect, test } from 'vitest';
import type { ControlledPart } from '#contracts';
import { isDrillNight, planDrill } from './plan.ts';

const part = (name: string, services = [name]): ControlledPart => ({
  name,
  services,
  state: 'ready',
  pid: 1,
  restarts: 0,
  lastError: null,
  essential: false,
  heardMsAgo: null,
  loopMeanMs: null,
  loopMaxMs: null,
  rssBytes: null,
  history: [],
});

test('M15 a drill breaks every part, its own last', () => {
  const steps = planDrill([part('postgres'), part('core', ['dashboard-backend', 'self-healing']), part('model-runtime')]);
  expect(steps.map(({ fault, part: name }) => `${fault} ${name}`)).toEqual([
    'cut postgres',
    'stop postgres',
    'freeze postgres',
    'stop model-runtime',
    'freeze model-runtime',
    'slow core',
    'stop core',
    'freeze core',
  ]);
});

test('the weekly drill is in the night to Monday', () => {
  expect(isDrillNight(new Date(2026, 10, 23, 3, 10))).toBe(true);
  expect(isDrillNight(new Date(2026, 10, 23, 4, 0))).toBe(false);
  expect(isDrillNight(new Date(2026, 10, 24, 3, 10))).toBe(false);
});

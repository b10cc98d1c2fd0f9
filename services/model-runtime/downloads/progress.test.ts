import { expect, test } from 'vitest';
import { createProgress } from './progress.ts';

test('speed and estimate settle on what is measured; what was there before is not speed', () => {
  let now = 0;
  const progress = createProgress(() => now);
  progress.plan(10_000_000);
  expect(progress.read()).toEqual({ doneBytes: 0, totalBytes: 10_000_000, bytesPerSecond: null, etaMs: null });
  progress.onBytes('weights', 4_000_000); // left by an earlier try
  for (let second = 1; second <= 5; second += 1) {
    now += 1000;
    progress.onBytes('weights', 4_000_000 + second * 1_000_000);
    progress.read();
  }
  expect(progress.read()).toEqual({ doneBytes: 9_000_000, totalBytes: 10_000_000, bytesPerSecond: 1_000_000, etaMs: 1_000 });
});

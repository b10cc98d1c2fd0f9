import { expect, test } from 'vitest';
import { liveThroughNoise } from '../support/alert-noise.ts';
import { createTestDatabase } from '../support/database.ts';

test('24 hours of noise with 40 troubles in it: each is told once, and nothing else', async () => {
  const database = await createTestDatabase();
  try {
    const began = performance.now();
    const result = await liveThroughNoise(database, { slots: 40, seed: 1 });
    const delays = [...result.delaysS].sort((a, b) => a - b);
    const figures = {
      ...result,
      delaysS: undefined,
      medianDelayS: delays[delays.length >> 1],
      longestDelayS: delays.at(-1),
      tookS: (performance.now() - began) / 1000,
    };
    console.log(JSON.stringify(figures));
    expect(result).toMatchObject({ planted: 40, toldOnce: 40, missed: [], extra: [] });
  } finally {
    await database.remove();
  }
}, 900_000);

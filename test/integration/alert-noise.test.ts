import { expect, test } from 'vitest';
import { liveThroughNoise } from '../support/alert-noise.ts';
import { createTestDatabase } from '../support/database.ts';

test('two hours of noise with four troubles in it: each is told once, and nothing else (24 hours: test/slow)', async () => {
  const database = await createTestDatabase();
  try {
    expect(await liveThroughNoise(database, { slots: 4, seed: 7 })).toMatchObject({ planted: 4, toldOnce: 4, missed: [], extra: [] });
  } finally {
    await database.remove();
  }
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCutBox, cutsFor, type CutBox } from '../../support/power/power-cuts.ts';
import { createRandom } from '../../support/scheduler/random.ts';

describe('the power is cut in an update', () => {
  let box: CutBox;
  beforeAll(async () => {
    box = await createCutBox();
  });
  afterAll(() => box?.remove());

  test('old or new, never neither, and the data whole: at each step and at random moments', async () => {
    const wholeMs = await box.wholeMs();
    for (const cut of cutsFor(20, wholeMs, createRandom(7))) expect(await box.cut(cut)).toMatchObject({ problems: [] });
  }, 180_000);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCutBox, cutsFor, type CutBox } from '../support/power/power-cuts.ts';
import { createRandom } from '../support/scheduler/random.ts';

const CUTS = Number(process.env.ARASUL_CUTS ?? 210);

let box: CutBox;
beforeAll(async () => {
  box = await createCutBox();
});
afterAll(() => box?.remove());

test(`${CUTS} power cuts in an update: always old or new, never neither, data whole`, async () => {
  const counts = new Map<string, number>();
  const bad: unknown[] = [];
  for (const cut of cutsFor(CUTS, await box.wholeMs(), createRandom(1))) {
    const outcome = await box.cut(cut);
    const name = `cut at ${outcome.state}, then ${outcome.ran}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (outcome.problems.length > 0) bad.push(outcome);
  }
  console.log(Object.fromEntries([...counts].sort()));
  expect(bad).toEqual([]);
}, 3_600_000);

import { expect, test } from 'vitest';
import { runFaults } from '../support/fault-run.ts';
import { startBreakableBox } from '../support/faults.ts';

/** Set `FAULTS` for another number. */
const FAULTS = Number(process.env.FAULTS ?? 1_000);
/** A box starts afresh now and then, as boxes do. */
const A_BOX = 100;

test(`A10 S1 ${FAULTS} kills of core, model and Postgres at random moments: no job lost, none answered twice, one final state each`, async () => {
  for (let done = 0; done < FAULTS; done += A_BOX) {
    const breakable = await startBreakableBox();
    try {
      const { jobs, given, ...rest } = await runFaults(breakable, { faults: Math.min(A_BOX, FAULTS - done), seed: 1_000 + done });
      console.log(JSON.stringify({ kills: done + A_BOX, jobs, given: given.length, ...rest }));
      expect(given.length).toBeLessThan(jobs / 3);
    } finally {
      await breakable.stop();
    }
  }
}, 7_200_000);

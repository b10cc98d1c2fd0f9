import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAskingBox } from '../support/asking.ts';
import { startBox, type Box } from '../support/box.ts';
import { faultOf, readBrokenly } from '../support/broken-readers.ts';

/** Set `RECONNECTS` for another number. */
const RECONNECTS = Number(process.env.RECONNECTS ?? 10_000);
const READERS = 24;
const words = Array.from({ length: 400 }, (_, n) => ` w${n}`);

let asking: Awaited<ReturnType<typeof startAskingBox>>;
let second: Box;
beforeAll(async () => {
  asking = await startAskingBox();
  second = await startBox({ beside: asking.box });
});
afterAll(async () => {
  await second.stop();
  await asking.stop();
});

test(`S5 S6 ${RECONNECTS} random reconnects over two processes, while answers are written and after their deltas are gone: no gap, no repeat`, async () => {
  asking.runtime.script = async function* () {
    for (const word of words) {
      yield word;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  let connections = 0;
  for (let seed = 1; connections < RECONNECTS; seed += READERS) {
    const { jobId } = await asking.ask(`Round ${seed}?`);
    const readers = Array.from({ length: READERS }, (_, n) =>
      readBrokenly(jobId, { as: asking.owner, boxes: [asking.box, second], seed: seed + n, breaks: 200 }),
    );
    for (const reader of await Promise.all(readers)) {
      expect(faultOf(reader.events, words.join('').trimStart())).toBeNull();
      connections += reader.connections;
    }
  }
}, 3_600_000);

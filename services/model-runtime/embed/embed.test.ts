import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planBatches } from './batch-plan.ts';
import { createLane } from './lane.ts';

describe('batches', () => {
  const texts = fc.array(
    fc.nat({ max: 3_000 }).map((length) => 'x'.repeat(length)),
    { maxLength: 60 },
  );

  test('every text is in exactly one batch, no batch is larger than allowed, and none wastes more than its longest text costs', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const batches = planBatches(given, { maxLetters: 1_280, batchLetters: 2_400, batchTexts: 32 });
        expect(batches.flat().sort((a, b) => a - b)).toEqual(given.map((_, index) => index));
        for (const batch of batches) {
          const longest = Math.max(...batch.map((index) => Math.max(1, Math.min(1_280, given[index]!.length))));
          expect(batch.length).toBeLessThanOrEqual(32);
          if (batch.length > 1) expect(longest * batch.length).toBeLessThanOrEqual(2_400);
        }
      }),
    );
  });
});

describe('the lane', () => {
  /** A lane whose time passes only when somebody sleeps or works. */
  const simulate = () => {
    let now = 0;
    let chatting = false;
    let endChat = () => {};
    let ended = Promise.resolve();
    const lane = createLane({
      isChatting: () => chatting,
      chatEnded: () => ended,
      sleep: async (ms) => {
        await Promise.resolve();
        now += ms;
      },
      now: () => now,
    });
    const log: { name: string; at: number }[] = [];
    const work = (name: string, costMs: number) => async () => {
      log.push({ name, at: now });
      now += costMs;
    };
    return {
      lane,
      log,
      work,
      startChat() {
        chatting = true;
        ended = new Promise((resolve) => {
          endChat = resolve;
        });
      },
      endChat() {
        chatting = false;
        endChat();
      },
    };
  };

  test('people come before the background, whatever is waiting', async () => {
    const { lane, log, work } = simulate();
    const all = ['b1', 'b2', 'b3'].map((name) => lane.add('background', work(name, 100)));
    all.push(lane.add('interactive', work('person', 10)));
    await Promise.all(all);
    expect(log.map(({ name }) => name)).toEqual(['b1', 'person', 'b2', 'b3']);
  });

  test('during an answer the background gets a tenth of the time, and never nothing', async () => {
    const { lane, log, work, startChat } = simulate();
    startChat();
    await Promise.all(Array.from({ length: 10 }, (_, index) => lane.add('background', work(`b${index}`, 100))));
    const gaps = log.slice(1).map(({ at }, index) => at - log[index]!.at);
    for (const gap of gaps) expect(gap).toBeCloseTo(1_000, -1);
  });

  test('work whose caller left is not done', async () => {
    const { lane, log, work } = simulate();
    const gone = new AbortController();
    const kept = lane.add('background', work('kept', 10));
    const dropped = lane.add('background', work('dropped', 10), gone.signal);
    gone.abort(new Error('gone'));
    await expect(dropped).rejects.toThrow('gone');
    await kept;
    expect(log.map(({ name }) => name)).toEqual(['kept']);
  });

  test('a batch that fails keeps nobody else waiting', async () => {
    const { lane, work } = simulate();
    const failing = lane.add('interactive', () => Promise.reject(new Error('broken')));
    const next = lane.add('interactive', work('next', 1));
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBeUndefined();
  });
});

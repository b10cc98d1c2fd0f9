import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents, startAskingBox, textOf, type ReadEvent } from '../support/asking.ts';
import { startBox, type Box } from '../support/box.ts';
import { faultOf, numbersOf, randomFrom, readBrokenly } from '../support/broken-readers.ts';
import { waitFor } from '../support/wait.ts';

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

const words = Array.from({ length: 240 }, (_, n) => ` w${n}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('S5 a stream of events', () => {
  test('S5 over hundreds of random reconnects on two processes there is no gap and no repeat', async () => {
    asking.runtime.script = async function* () {
      for (const word of words) {
        yield word;
        await pause(12);
      }
    };
    const { jobId } = await asking.ask('Tell me everything.');
    const readers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => readBrokenly(jobId, { as: asking.owner, boxes: [asking.box, second], seed: 1_000 + n, breaks: 40 })),
    );
    expect(readers.reduce((sum, { connections }) => sum + connections, 0)).toBeGreaterThan(200);
    for (const { events } of readers) expect(faultOf(events, words.join('').trimStart())).toBeNull();
  });

  test('S5 a finished job replays the same from every number, before and after its tokens were put together', async () => {
    asking.runtime.script = async function* () {
      for (const word of words.slice(0, 40)) {
        yield word;
        await pause(15);
      }
    };
    const { jobId } = await asking.ask('And now shorter.');
    const live = await asking.follow(jobId);
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: jobId }))[0]!.events_compacted, { what: 'the compaction' });
    const rows = await asking.box.rows('llm_job_events', { job_id: jobId, event: 'token' });
    expect(rows).toHaveLength(1);
    const upTo = (id: number) => live.filter((event) => event.id !== undefined && event.id <= id);
    for (const id of [0, ...numbersOf(live)]) {
      const rest = await asking.follow(jobId, { after: id, at: id % 2 ? asking.box.url : second.url });
      const numbers = numbersOf(rest);
      expect(numbers.every((number) => number > id)).toBe(true);
      expect(textOf([...upTo(id), ...rest]), `after ${id}`).toBe(textOf(live));
      expect(rest.at(-1)?.event, `after ${id}`).toBe(id === live.at(-1)!.id ? undefined : 'done');
    }
  });

  test('S6 once the message is stored its deltas are gone, and hundreds of random reconnects still find no gap and no repeat', async () => {
    asking.runtime.script = async function* () {
      for (const word of words.slice(0, 120)) {
        yield `${word}${word.endsWith('7') ? ' – “ü” 😀.' : ''}`;
        await pause(8);
      }
    };
    const { jobId } = await asking.ask('Everything, then forget how it came.');
    const live = await asking.follow(jobId);
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: jobId }))[0]!.events_compacted, { what: 'the compaction' });
    const [job] = await asking.box.rows('llm_jobs', { id: jobId });
    const rows = await asking.box.rows('llm_job_events', { job_id: jobId });
    expect(JSON.stringify(rows)).not.toContain('w1');
    expect(job!.response).toContain('w119');
    const random = randomFrom(7);
    const numbers = [0, ...numbersOf(live)];
    for (let round = 0; round < 300; round += 12) {
      const readers = Array.from({ length: 12 }, () => numbers[Math.floor(random() * numbers.length)]!);
      await Promise.all(
        readers.map(async (after) => {
          const before = live.filter(({ id }) => id !== undefined && id <= after);
          const rest = after === live.at(-1)!.id ? [] : await asking.follow(jobId, { after, at: random() < 0.5 ? asking.box.url : second.url });
          expect(faultOf([...before, ...rest], String(job!.response)), `after ${after}`).toBeNull();
        }),
      );
    }
  });

  test('S5 after a restart of the API, what was missed is there', async () => {
    asking.runtime.script = async function* () {
      for (const word of words.slice(0, 60)) {
        yield word;
        await pause(10);
      }
    };
    const { jobId } = await asking.ask('Go on while I am away.');
    const third = await startBox({ beside: asking.box });
    const events: ReadEvent[] = [];
    for await (const event of readEvents(asking.box, jobId, { as: asking.owner, at: third.url })) {
      events.push(event);
      if (events.filter(({ event: name }) => name === 'token').length === 3) break;
    }
    await third.stop();
    const fourth = await startBox({ beside: asking.box });
    try {
      events.push(...(await asking.follow(jobId, { after: events.at(-1)!.id, at: fourth.url })));
    } finally {
      await fourth.stop();
    }
    expect(textOf(events)).toBe(words.slice(0, 60).join('').trimStart());
  });

  test('S5 a number from the future or nonsense harms nobody', async () => {
    asking.runtime.script = async function* () {
      yield 'Yes.';
    };
    const { jobId } = await asking.ask('Short?');
    const live = await asking.follow(jobId);
    expect(await asking.follow(jobId, { after: 1_000_000 })).toEqual([]);
    const response = await fetch(`${asking.box.url}/api/v1/jobs/${jobId}/events`, {
      headers: { Authorization: `Bearer ${asking.owner.token}`, 'Last-Event-ID': 'what?' },
    });
    expect((await response.text()).match(/^id: /gm)).toHaveLength(numbersOf(live).length);
  });
});

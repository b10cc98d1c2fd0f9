import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnswerTimings, MessageView } from '#contracts';
import { silentLogger } from '#kit';
import { createPartitionKeeper } from '../../services/metrics-collector/keeper.ts';
import { startAskingBox } from '../support/asking.ts';
import { hang, say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

let asking: Awaited<ReturnType<typeof startAskingBox>>;
beforeAll(async () => {
  asking = await startAskingBox();
  await createPartitionKeeper({ db: asking.box.database.db, log: silentLogger }).ensureRaw([Date.now()]);
});
afterAll(() => asking.stop());

const measure = async (celsius: number): Promise<void> => {
  const { db } = asking.box.database;
  await db.deleteFrom('metrics_temperature').execute();
  await db
    .insertInto('metrics_temperature')
    .values([
      { timestamp: new Date(), sensor: 'gpu', value: celsius },
      { timestamp: new Date(), sensor: 'nvme', value: 99 },
    ])
    .execute();
};

const answered = async (content: string): Promise<MessageView> => {
  const { jobId, conversationId } = await asking.ask(content);
  await asking.follow(jobId);
  return (await asking.messages(conversationId)).at(-1)!;
};

describe('M8 why was it slow', () => {
  test('M8 each answer says what it waited, looked up, read and wrote, and how hot the machine was', async () => {
    await measure(61.4);
    asking.runtime.script = say('One', ' two', ' three.');
    const { timings } = await answered('And?');
    expect(timings).toMatchObject({ prefillMs: 20, decodeMs: 15, temperatureC: 61.4, retrievalMs: 0 });
    expect(timings!.throttledMs).toBeUndefined();
    expect(timings!.queuedMs).toBeGreaterThanOrEqual(0);
    expect(timings!.totalMs).toBeGreaterThanOrEqual(timings!.queuedMs);
  });

  test('M8 the time in line is that behind others', async () => {
    const from = asking.runtime.calls.length;
    asking.runtime.script = async function* (call) {
      if (call.n === from + 1) await hang(call);
      yield 'Done.';
    };
    const first = await asking.ask('Hold it.');
    await waitFor(() => asking.runtime.calls.length > from, { what: 'the first question at the model' });
    const second = await asking.ask('And me?');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await asking.box.request('POST', `/api/v1/jobs/${first.jobId}/cancel`, { as: asking.owner });
    await asking.follow(second.jobId);
    const [row] = await asking.box.rows('llm_jobs', { id: second.jobId });
    expect((row!.timings as AnswerTimings).queuedMs).toBeGreaterThanOrEqual(400);
  });

  test('M8 on a hot machine the answer says what the heat cost it; what a cool one takes stays as it was', async () => {
    await measure(60);
    asking.runtime.script = say('One', ' two', ' three.');
    for (let n = 0; n < 3; n += 1) await answered('Cool?');
    await measure(86);
    asking.runtime.decodeMsPerToken = 40;
    const { timings } = await answered('Hot?');
    expect(timings).toMatchObject({ temperatureC: 86, decodeMs: 120 });
    // Three tokens of 5 ms each on a cool machine.
    expect(timings!.throttledMs).toBe(105);
    expect((await answered('Still hot?')).timings!.throttledMs).toBe(105);
    asking.runtime.decodeMsPerToken = 5;
    await measure(60);
    expect((await answered('Cool again?')).timings!.throttledMs).toBeUndefined();
  });

  test('M8 /metrics has all parts as histograms, each answer once', async () => {
    const count = async (part: string): Promise<number> => {
      const { body } = await asking.box.request('GET', '/metrics', { as: asking.owner });
      return Number(new RegExp(`^arasul_answer_seconds_count\\{part="${part}"\\} (\\d+)$`, 'm').exec(body)?.[1] ?? 0);
    };
    const before = await count('decode');
    expect(await count('throttled')).toBe(2);
    for (const part of ['queued', 'retrieval', 'prefill', 'first_token', 'total']) expect(await count(part)).toBeGreaterThanOrEqual(before);
    asking.runtime.script = say('Yes.');
    await answered('Once more?');
    expect(await count('decode')).toBe(before + 1);
    expect(await count('decode')).toBe(before + 1);
  });
});

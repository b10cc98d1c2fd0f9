import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingsSchema } from '#contracts';
import { createNotifier, type Notifier } from '#db';
import { silentLogger } from '#kit';
import { stopAbandoned } from '../../services/llm-queue/abandon.ts';
import { createJobFeed, startPresence } from '../../services/dashboard-backend/features/jobs/index.ts';
import { readEvents, startAskingBox, textOf } from '../support/asking.ts';
import { hang, startScriptedRuntime, type Script } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

let asking: Awaited<ReturnType<typeof startAskingBox>>;
let notifier: Notifier;
beforeAll(async () => {
  asking = await startAskingBox();
  notifier = createNotifier({ database: asking.box.database, log: silentLogger });
  await notifier.ready();
});
afterAll(async () => {
  await notifier.close();
  await asking.stop();
});

const talking: Script = async function* (model) {
  yield 'One, ';
  await hang(model);
};
const cancel = (jobId: string) => asking.box.request('POST', `/api/v1/jobs/${jobId}/cancel`, { as: asking.owner });
const job = async (id: string) => (await asking.box.rows('llm_jobs', { id }))[0]!;
const untilWriting = async (jobId: string) => {
  for await (const { event } of readEvents(asking.box, jobId, { as: asking.owner })) if (event === 'token') return;
};
const untilFinal = (id: string) => waitFor(async () => (await job(id)).finished_at !== null, { what: 'the end of the job' });
const queueSettings = (given: object) => settingsSchema.parse({ queue: given }).queue;
const lookedAway = (jobId: string, minutes: number) =>
  sql`insert into llm_job_presence (job_id, seen_at) values (${jobId}, now() - make_interval(mins => ${minutes}))
    on conflict (job_id) do update set seen_at = excluded.seen_at`.execute(asking.box.database.db);
const age = (jobId: string, minutes: number) =>
  sql`update llm_jobs set created_at = created_at - make_interval(mins => ${minutes}) where id = ${jobId}`.execute(asking.box.database.db);
const abandon = (given: object = {}) => stopAbandoned({ database: asking.box.database, notifier }, queueSettings(given));

describe('stop', () => {
  test('an external OpenAI-compatible runtime has its request aborted in mid-decode', async () => {
    const external = await startScriptedRuntime({ model: 'elsewhere' });
    external.script = talking;
    const setExternal = (externalUrl: string) => asking.box.request('PATCH', '/api/v1/settings', { as: asking.owner, body: { models: { externalUrl } } });
    try {
      expect((await setExternal(`${external.url}/v1`)).status).toBe(200);
      const { jobId, conversationId } = await asking.ask('Are you elsewhere?');
      await untilWriting(jobId);
      expect(external.calls).toHaveLength(1);
      expect(external.calls[0]!.signal.aborted).toBe(false);
      await cancel(jobId);
      await waitFor(() => external.calls[0]!.signal.aborted, { what: 'the abort of the request at the external runtime' });
      await untilFinal(jobId);
      expect(external.calls[0]!.sent).toBe(1);
      expect((await asking.messages(conversationId)).at(-1)).toMatchObject({ status: 'stopped', content: 'One, ' });
    } finally {
      await setExternal('');
      await external.stop();
    }
  });
});

describe('disconnect', () => {
  test('changes nothing: the answer goes on without a reader and is there on return', async () => {
    let goOn!: () => void;
    const away = new Promise<void>((resolve) => (goOn = resolve));
    asking.runtime.script = async function* () {
      yield 'Before, ';
      await away;
      yield 'after.';
    };
    const { jobId } = await asking.ask('Shall I stay?');
    await untilWriting(jobId);
    goOn();
    await untilFinal(jobId);
    expect(await job(jobId)).toMatchObject({ status: 'completed', response: 'Before, after.' });
    expect(textOf(await asking.follow(jobId))).toBe('Before, after.');
  });
});

describe('abandon', () => {
  test('keeps a question of the chat and stops one of the API, unless the settings say otherwise', async () => {
    asking.runtime.script = talking;
    const kept = await asking.ask('Mine?');
    await untilWriting(kept.jobId);
    await age(kept.jobId, 30);
    await lookedAway(kept.jobId, 11);
    const waits = await asking.ask('And mine?');
    await age(waits.jobId, 30);
    await asking.box.database.db.updateTable('llm_jobs').set({ kind: 'completion' }).where('id', '=', waits.jobId).execute();
    expect(await abandon()).toEqual([waits.jobId]);
    expect(await job(waits.jobId)).toMatchObject({ status: 'cancelled' });
    expect(await job(kept.jobId)).toMatchObject({ status: 'processing' });

    expect(await abandon({ abandonAfterMinutes: 12, abandonedChat: 'stop' })).toEqual([]);
    expect(await abandon({ abandonedChat: 'stop' })).toEqual([kept.jobId]);
    await waitFor(() => asking.runtime.calls.at(-1)!.signal.aborted, { what: 'the model to be stopped' });
    await untilFinal(kept.jobId);
    expect(await abandon({ abandonedChat: 'stop' })).toEqual([]);
  });

  test('who follows a job is written down, so that it is not abandoned; the box’s own questions never are', async () => {
    asking.runtime.script = talking;
    const { jobId } = await asking.ask('Still here?');
    await untilWriting(jobId);
    await age(jobId, 30);
    await lookedAway(jobId, 30);
    const feed = createJobFeed({ notifier });
    const watch = feed.watch(jobId);
    const presence = startPresence({ database: asking.box.database, feed, log: silentLogger, everyMs: 10 });
    await waitFor(async () => Date.now() - ((await asking.box.rows('llm_job_presence', { job_id: jobId }))[0]!.seen_at as Date).getTime() < 60_000);
    await presence.close();
    watch.close();
    feed.close();
    expect(await abandon({ abandonedChat: 'stop' })).toEqual([]);
    await lookedAway(jobId, 30);
    await asking.box.database.db.updateTable('llm_jobs').set({ user_id: null }).where('id', '=', jobId).execute();
    expect(await abandon({ abandonedChat: 'stop' })).toEqual([]);
    await asking.box.database.db.updateTable('llm_jobs').set({ cancel_requested_at: new Date() }).where('id', '=', jobId).execute();
    await untilFinal(jobId);
  });
});

describe('S1 a withdrawal', () => {
  test('S1 between being chosen and being taken stays the one final state', async () => {
    asking.runtime.script = async function* () {
      yield 'Yes.';
    };
    const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => asking.ask(`Withdrawn ${n}?`)));
    await Promise.all(asked.map(({ jobId }) => cancel(jobId)));
    for (const { jobId } of asked) await untilFinal(jobId);
    await waitFor(async () => (await asking.box.rows('llm_queue')).length === 0);
    for (const { jobId } of asked) {
      const finals = (await asking.box.rows('llm_job_events', { job_id: jobId })).filter(({ event }) =>
        ['done', 'failed', 'cancelled'].includes(event as string),
      );
      expect(finals).toHaveLength(1);
    }
    expect(await asking.box.rows('llm_jobs', { status: 'processing' })).toEqual([]);
  });
});

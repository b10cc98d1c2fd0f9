import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startScriptedRuntime, type ScriptedRuntime } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const KILLS = 8;
const answerTo = (question: string): string[] => Array.from({ length: 25 }, (_, n) => ` ${question.replace(/\W/g, '')}-${n}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Core {
  process: ChildProcess;
  url: string;
}

describe('A10 kill -9', () => {
  let box: Box;
  let runtime: ScriptedRuntime;
  let owner: Person;
  let core: Core | null = null;

  beforeAll(async () => {
    runtime = await startScriptedRuntime();
    box = await startBox();
    owner = await box.owner();
    runtime.script = async function* ({ messages, n }) {
      for (const token of answerTo(messages.at(-1)!.content)) {
        yield token;
        await pause(10);
        // The model dies now and then as well.
        if (n % 7 === 3 && token.endsWith('-9')) throw new Error('killed');
      }
    };
  });
  afterAll(async () => {
    if (core) await kill(core);
    await box.stop();
    await runtime.stop();
  });

  const startCore = async (): Promise<Core> => {
    const child = spawn(process.execPath, ['scripts/run.mjs', 'test/support/core-child.ts'], {
      env: {
        ...process.env,
        ARASUL_DATA_DIR: box.dataDir,
        ARASUL_DATABASE_URL: box.database.url,
        ARASUL_RUNTIME_URL: runtime.url,
        ARASUL_HOST: '127.0.0.1',
        ARASUL_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let port = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{') && line.includes('"port"')) port = (JSON.parse(line) as { port: number }).port;
      if (line === 'ready') break;
    }
    child.stdout.resume();
    return { process: child, url: `http://127.0.0.1:${port}` };
  };
  const kill = async ({ process: child }: Core): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  test('A10 of the process that serves and answers, at random moments: no job lost, none answered twice, none stuck', async () => {
    const accepted = new Map<string, string>();
    let asked = 0;
    const conversationId: string = (await box.request('POST', '/api/v1/conversations', { as: owner, body: { title: 'chaos' } })).body.id;
    const ask = async (at: string): Promise<void> => {
      const content = `Question ${(asked += 1)}`;
      // A connection that broke may have been in time or not; an answer is a promise.
      const answer = await box.request('POST', `/api/v1/conversations/${conversationId}/messages`, { as: owner, at, body: { content } }).catch(() => null);
      if (answer?.status === 202) accepted.set(answer.body.jobId, content);
    };

    for (let n = 0; n < KILLS; n += 1) {
      core = await startCore();
      const asking = [ask(core.url), ask(box.url)];
      await pause(Math.random() * 1_500);
      asking.push(ask(core.url));
      await pause(Math.random() * 20);
      await kill(core);
      await Promise.all(asking);
    }
    core = await startCore();

    const jobs = await waitFor(
      async () => {
        const rows = await box.rows('llm_jobs', { conversation_id: conversationId });
        return rows.every(({ finished_at }) => finished_at !== null) ? rows : null;
      },
      { what: 'every job to be final', timeoutMs: 120_000 },
    );

    // Nothing that was accepted is lost, nothing is there by halves.
    expect(jobs.length).toBeGreaterThanOrEqual(accepted.size);
    for (const jobId of accepted.keys()) expect(jobs.map(({ id }) => id)).toContain(jobId);
    const messages = await box.rows('chat_messages', { conversation_id: conversationId });
    expect(messages).toHaveLength(2 * jobs.length);
    expect((await box.rows('chat_conversations', { id: conversationId }))[0]).toMatchObject({ message_count: messages.length });
    expect(await box.rows('llm_queue')).toEqual([]);

    for (const job of jobs) {
      const events = (await box.rows('llm_job_events', { job_id: job.id })).sort((a, b) => Number(a.seq) - Number(b.seq));
      expect(
        events.filter(({ event }) => ['done', 'failed', 'cancelled'].includes(String(event))).map(({ event }) => event),
        'one final event',
      ).toEqual(['done']);
      expect(events.at(-1)!.event).toBe('done');
      const begun = events.findLastIndex(({ event }) => event === 'started');
      const text = events
        .slice(begun)
        .map(({ event, data }) => (event === 'token' ? (data as { text: string }).text : ''))
        .join('');
      const whole = answerTo(String(job.prompt)).join('').trimStart();
      expect(text).toBe(whole);
      expect(messages.find(({ id }) => id === job.message_id)).toMatchObject({ status: 'complete', content: whole });
    }
    // The test would prove nothing if nothing had been interrupted.
    expect(jobs.some(({ attempts }) => Number(attempts) > 1)).toBe(true);
  }, 240_000);

  test('A10 what the queue has forgotten is answered all the same', async () => {
    if (core) await kill(core);
    const conversationId: string = (await box.request('POST', '/api/v1/conversations', { as: owner, body: {} })).body.id;
    for (const content of ['Lost 1', 'Lost 2']) await box.request('POST', `/api/v1/conversations/${conversationId}/messages`, { as: owner, body: { content } });
    const { rows: tables } = await sql<{ name: string }>`
      select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'p') and nspname like 'bullmq%' and relname like '%job%'`.execute(box.database.db);
    expect(tables.length).toBeGreaterThan(0);
    for (const { name } of tables) await sql`truncate ${sql.raw(name)} cascade`.execute(box.database.db);
    core = await startCore();
    await waitFor(async () => (await box.rows('llm_jobs', { conversation_id: conversationId, status: 'completed' })).length === 2, {
      what: 'the forgotten jobs',
      timeoutMs: 60_000,
    });
  }, 90_000);
});

import { expect } from 'vitest';
import { randomFrom } from './broken-readers.ts';
import type { BreakableBox } from './faults.ts';
import { waitFor } from './wait.ts';

const TOKENS = 18;
const answerTo = (question: string): string[] => Array.from({ length: TOKENS }, (_, n) => ` ${question.replace(/\W/g, '')}-${n}`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const faultKinds = ['core', 'runtime', 'postgres', 'core', 'runtime'] as const;

/**
 * People ask while parts are killed at random moments; afterwards the rows must say that each question has one final state, and each
 * answer its words once. Repeatable by `seed`, up to what the machine does in between.
 */
export const runFaults = async ({ box, owner, runtime, core, killCore, killPostgres }: BreakableBox, { faults, seed }: { faults: number; seed: number }) => {
  const random = randomFrom(seed);
  const killed = { core: 0, runtime: 0, postgres: 0 };
  const accepted = new Set<string>();
  let [asked, modelKills] = [0, 0];
  runtime.script = async function* ({ messages }) {
    const kills = modelKills;
    for (const token of answerTo(messages.at(-1)!.content)) {
      yield token;
      await pause(8);
      if (kills !== modelKills) throw new Error('killed');
    }
  };
  const { body } = await box.request('POST', '/api/v1/conversations', { as: owner, body: { title: 'faults' } });
  const conversationId = body.id as string;
  const ask = async (at: string): Promise<void> => {
    const content = `Question ${(asked += 1)}`;
    // A connection that broke may have been in time or not; an answer is a promise.
    const answer = await box.request('POST', `/api/v1/conversations/${conversationId}/messages`, { as: owner, at, body: { content } }).catch(() => null);
    if (answer?.status === 202) accepted.add(answer.body.jobId);
  };

  for (let n = 0; n < faults; n += 1) {
    const { url } = await core();
    const asking = [ask(url)];
    if (random() < 0.5) asking.push(ask(box.url));
    await pause(random() * 350);
    const kind = faultKinds[n < faultKinds.length ? n : Math.floor(random() * faultKinds.length)]!;
    killed[kind] += 1;
    if (kind === 'core') await killCore();
    else if (kind === 'postgres') await killPostgres();
    else modelKills += 1;
    await Promise.all(asking);
  }
  await core();

  const jobs = await waitFor(
    async () => {
      const rows = await box.rows('llm_jobs', { conversation_id: conversationId });
      return rows.every(({ finished_at }) => finished_at !== null) ? rows : null;
    },
    { what: 'every job to be final', timeoutMs: 120_000, everyMs: 200 },
  );
  for (const jobId of accepted) expect(jobs.map(({ id }) => id)).toContain(jobId);
  const messages = await box.rows('chat_messages', { conversation_id: conversationId });
  expect(messages, 'nothing is there by halves').toHaveLength(2 * jobs.length);
  expect(await box.rows('llm_queue')).toEqual([]);

  const given: string[] = [];
  for (const job of jobs) {
    const events = (await box.rows('llm_job_events', { job_id: job.id })).sort((a, b) => Number(a.seq) - Number(b.seq));
    const last = events.filter(({ event }) => ['done', 'failed', 'cancelled'].includes(String(event)));
    expect(last, `one final event of ${String(job.prompt)}`).toHaveLength(1);
    expect(events.at(-1)).toBe(last[0]);
    const message = messages.find(({ id }) => id === job.message_id)!;
    if (job.status === 'completed') expect(message).toMatchObject({ status: 'complete', content: answerTo(String(job.prompt)).join('').trimStart() });
    else {
      // The model died at both tries, or six workers did: that is said, once.
      expect(job).toMatchObject({ status: 'failed', error_code: 'model_stopped' });
      given.push(String(job.prompt));
    }
  }
  return { jobs: jobs.length, killed, given, again: jobs.filter(({ attempts }) => Number(attempts) > 1).length };
};

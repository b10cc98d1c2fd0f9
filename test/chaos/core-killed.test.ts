import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFaults } from '../support/fault-run.ts';
import { startBreakableBox, type BreakableBox } from '../support/faults.ts';
import { waitFor } from '../support/wait.ts';

/** As many as half a minute holds; a thousand are in test/slow. */
const FAULTS = 20;

describe('A10 S1 kill -9', () => {
  let breakable: BreakableBox;
  beforeAll(async () => {
    breakable = await startBreakableBox();
  });
  afterAll(() => breakable.stop());

  test(`A10 S1 of ${FAULTS} kills of core, model and Postgres at random moments: no job lost, none answered twice, one final state each`, async () => {
    const { jobs, killed, given, again } = await runFaults(breakable, { faults: FAULTS, seed: 20 });
    expect(Math.min(...Object.values(killed))).toBeGreaterThan(0);
    expect(given.length).toBeLessThan(jobs / 3);
    // The test would prove nothing if nothing had been interrupted.
    expect(again).toBeGreaterThan(0);
  }, 300_000);

  test('A10 what the queue has forgotten is answered all the same', async () => {
    const { box, owner } = breakable;
    await breakable.killCore();
    const conversationId: string = (await box.request('POST', '/api/v1/conversations', { as: owner, body: {} })).body.id;
    for (const content of ['Lost 1', 'Lost 2']) await box.request('POST', `/api/v1/conversations/${conversationId}/messages`, { as: owner, body: { content } });
    const { rows: tables } = await sql<{ name: string }>`
      select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'p') and nspname like 'bullmq%' and relname like '%job%'`.execute(box.database.db);
    expect(tables.length).toBeGreaterThan(0);
    for (const { name } of tables) await sql`truncate ${sql.raw(name)} cascade`.execute(box.database.db);
    await breakable.core();
    await waitFor(async () => (await box.rows('llm_jobs', { conversation_id: conversationId, status: 'completed' })).length === 2, {
      what: 'the forgotten jobs',
      timeoutMs: 60_000,
    });
  }, 90_000);
});

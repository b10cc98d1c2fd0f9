import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askCanary, BOX_WORKSPACE, type CanaryNeeds } from '#canary';
import { createFsObjectStore } from '#clients';
import { silentLogger } from '#kit';
import { connectQueues, createJobs, type QueueConnection } from '#queue';
import { startAskingBox } from '../support/asking.ts';
import { startIndexing } from '../support/indexing.ts';

describe('M5 question canary', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let connection: QueueConnection;
  let needs: CanaryNeeds;

  beforeAll(async () => {
    asking = await startAskingBox();
    indexing = await startIndexing(asking.box);
    connection = connectQueues({ url: asking.box.database.url, log: silentLogger });
    needs = {
      database: asking.box.database,
      notifier: asking.box.database.notifier(),
      jobs: createJobs({ connection, log: silentLogger }),
      objects: await createFsObjectStore({ folder: join(asking.box.dataDir, 'objects'), reserveBytes: () => 0 }),
    };
  });
  afterAll(async () => {
    await connection.close();
    await indexing.stop();
    await asking.stop();
  });

  test('M5 a known question gets its known citation through the queue, the retriever and the model, and is written down', async () => {
    asking.runtime.script = async function* () {
      yield 'The Kestrel pump needs 41 minutes to warm up before it may carry load.';
    };
    const answer = await askCanary(needs, { occasion: 'schedule' });
    expect(answer).toMatchObject({ ok: true, reason: null, answeredBy: 'model', page: 1, expected: '41 minutes' });
    expect(answer.cited).toContain('41 minutes');
    expect(asking.runtime.calls).toHaveLength(1);
    const job = (await asking.box.rows('llm_jobs', { workspace_id: BOX_WORKSPACE }))[0];
    expect(job).toMatchObject({ status: 'completed', user_id: null });
    expect(await asking.box.rows('canary_runs')).toMatchObject([{ ok: true, occasion: 'schedule', answered_by: 'model' }]);
  });

  test('M5 without a chat model the quoted passage counts, and the answer says so; the question is another one', async () => {
    asking.runtime.hasModel = false;
    const answer = await askCanary(needs, { occasion: 'schedule' });
    expect(answer).toMatchObject({ ok: true, answeredBy: 'passages', expected: '1,730 hours' });
    asking.runtime.hasModel = true;
  });

  test('M5 a wrong source is not alive: the reason says what was cited', async () => {
    // The passage that should be cited says something else now, as a drifted index or a broken reader would have it.
    const before = await asking.box.database.db
      .updateTable('document_chunks')
      .set({ content: 'Nothing of use.' })
      .where('content', 'like', '%Ombrasson%')
      .returning(['id', 'content'])
      .execute();
    expect(before).toHaveLength(1);
    asking.runtime.script = async function* () {
      yield 'It is the Ombrasson valve that closes.';
    };
    const answer = await askCanary(needs, { occasion: 'schedule' });
    expect(answer.ok).toBe(false);
    expect(answer.reason).toMatch(/cites/);
  });

  test('M5 when nobody answers, the reason is said in time and the question is taken out of the line', async () => {
    asking.runtime.script = async function* ({ signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      yield '';
    };
    const answer = await askCanary(needs, { occasion: 'schedule', timeoutMs: 1_500 });
    expect(answer).toMatchObject({ ok: false, cited: null, reason: 'No answer came in time.' });
    const job = (await asking.box.rows('llm_jobs', { workspace_id: BOX_WORKSPACE })).find(({ cancel_requested_at }) => cancel_requested_at !== null);
    expect(job).toBeDefined();
  });

  test('M5 people never see the box’s own document: not in a list, not in a search, not by its id', async () => {
    const { box, owner } = asking;
    expect((await box.request('GET', '/api/v1/documents', { as: owner })).body.items).toEqual([]);
    const found = await box.request('POST', '/api/v1/search', { as: owner, body: { query: 'Kestrel pump warm up 41 minutes' } });
    expect(found.body.items).toEqual([]);
    const [own] = await box.rows('documents', { workspace_id: BOX_WORKSPACE });
    expect((await box.request('GET', `/api/v1/documents/${String(own!.id)}`, { as: owner })).status).toBe(404);
    expect((await box.request('GET', '/api/v1/system/overview', { as: owner })).body.counts).toMatchObject({ documents: { indexed: 0 }, passages: 0 });
  });
});

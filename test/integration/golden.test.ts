import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GoldenRun, GoldenRunDetail } from '#contracts';
import { startAskingBox } from '../support/asking.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { lines, makePdf, prosePage } from '../support/pdf.ts';
import { say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const FACT = ['The lighthouse of Sandvik was built in 1887 by the engineer Ingrid Solberg.', 'It is 43 metres high and its light is seen for 31 kilometres.'];
const LIGHTHOUSE = 'Who built the lighthouse of Sandvik?';

describe('M2 golden questions', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let report: string;

  beforeAll(async () => {
    asking = await startAskingBox({ env: { ARASUL_GOLDEN_QUIET_MS: '150' } });
    indexing = await startIndexing(asking.box);
    const pdf = makePdf([prosePage(1, 8), prosePage(2, 8), { texts: [...prosePage(3, 6).texts!, ...lines(FACT, { top: 380 })] }, prosePage(4, 8)]);
    report = await uploaded(asking.box, asking.owner, 'report.pdf', pdf);
    await whenDocument(asking.box, asking.owner, report);
  });
  afterAll(async () => {
    await indexing.stop();
    await asking.stop();
  });

  const call = (method: string, path: string, body?: object) => asking.box.request(method, `/api/v1${path}`, { as: asking.owner, body });
  const runs = async (): Promise<GoldenRun[]> => (await call('GET', '/golden/runs')).body.items;
  const nextRun = async (trigger: string, after: number): Promise<GoldenRun> =>
    waitFor(async () => (await runs()).slice(0, (await runs()).length - after).find((run) => run.trigger === trigger), {
      what: `a run by ${trigger}`,
      timeoutMs: 60_000,
      everyMs: 50,
    });

  test('a question is kept with its document and page; what cannot be right is refused', async () => {
    const { status, body } = await call('POST', '/golden/questions', { question: LIGHTHOUSE, documentId: report, page: 3 });
    expect(status).toBe(201);
    expect(body).toMatchObject({ question: LIGHTHOUSE, filename: 'report.pdf', page: 3, hasRun: false, rank: null, source: 'admin' });
    expect(await call('POST', '/golden/questions', { question: LIGHTHOUSE, documentId: report, page: 5 })).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('has 4 pages') } },
    });
    expect((await call('POST', '/golden/questions', { question: LIGHTHOUSE, documentId: '00000000-0000-7000-8000-00000000abcd' })).status).toBe(422);
    expect((await asking.box.request('GET', '/api/v1/golden/questions', { as: await asking.box.user('user') })).status).toBe(403);
  });

  test('a run by hand finds it, and a wrong expectation is not found', async () => {
    await call('POST', '/golden/questions', { question: 'How high is the lighthouse of Sandvik?', documentId: report, page: 1 });
    const before = (await runs()).length;
    expect((await call('POST', '/golden/runs')).status).toBe(202);
    const run = await nextRun('manual', before);
    expect(run).toMatchObject({ questions: 2, degraded: true, embedModel: null });
    const detail: GoldenRunDetail = (await call('GET', `/golden/runs/${run.id}`)).body;
    const of = (page: number) => detail.results.find((result) => result.page === page)!;
    expect(of(3)).toMatchObject({ rank: 1, question: LIGHTHOUSE, first: { filename: 'report.pdf', page: 3 } });
    expect(of(1).rank).not.toBe(1);
    const { items } = (await call('GET', '/golden/questions')).body;
    expect(items.find((item: { page: number }) => item.page === 3)).toMatchObject({ rank: 1, hasRun: true });
  });

  test('several changes of the index make one run, once it is quiet', async () => {
    const { database } = asking.box;
    const quiet = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    await quiet(); // the uploads above have been measured
    const before = (await runs()).length;
    await database.inTransaction(async (tx) => {
      for (let n = 0; n < 5; n += 1) await database.notifier().publish(tx, 'documents.changed', { documentId: report });
    });
    const run = await nextRun('index', before);
    expect(run.questions).toBe(2);
    await quiet();
    expect((await runs()).length - before).toBe(1);
  });

  test('another admin sees how a question did as long as its document is open to them, and else cannot touch it', async () => {
    const { items } = (await call('GET', '/golden/runs')).body;
    const path = `/api/v1/golden/runs/${items[0].id}`;
    expect((await call('GET', `/golden/runs/${items[0].id}`)).body.results[0].first).toMatchObject({ filename: 'report.pdf' });
    const other = await asking.box.request('GET', path, { as: await asking.box.user('admin') });
    expect(other.body.results[0].first).toMatchObject({ filename: 'report.pdf' });
    await asking.box.database.db.updateTable('documents').set({ inherits: false }).where('id', '=', report).execute();
    const stranger = await asking.box.user('admin');
    expect((await asking.box.request('GET', path, { as: stranger })).body.results).toEqual([]);
    expect((await asking.box.request('GET', '/api/v1/golden/questions', { as: stranger })).body.items).toEqual([]);
    const { id } = (await call('GET', '/golden/questions')).body.items[0];
    for (const [method, body] of [['PATCH', { question: 'Is there a lighthouse?' }], ['DELETE']] as const)
      expect((await asking.box.request(method, `/api/v1/golden/questions/${id}`, { as: stranger, body })).status).toBe(404);
    expect((await call('GET', `/golden/questions`)).body.items).toHaveLength(2);
    await asking.box.database.db.updateTable('documents').set({ inherits: true }).where('id', '=', report).execute();
  });

  test('M2 a thumb on an answer, with its reason, becomes a golden question', async () => {
    asking.runtime.script = say('It was built in 1887 by the engineer Ingrid Solberg.');
    const conversation = await asking.converse();
    const { jobId } = (await call('POST', `/conversations/${conversation}/messages`, { content: LIGHTHOUSE })).body;
    await asking.follow(jobId);
    const answer = (await asking.messages(conversation)).at(-1)!;
    expect(answer).toMatchObject({ status: 'complete', feedback: null });
    const path = `/messages/${answer.id}/feedback`;

    const stranger = await asking.box.user('admin');
    expect((await asking.box.request('PUT', `/api/v1${path}`, { as: stranger, body: { verdict: 'up' } })).status).toBe(404);
    expect((await call('PUT', path, { verdict: 'sideways' })).status).toBe(422);
    expect((await call('PUT', path, { verdict: 'down', reason: 'incomplete', comment: 'And when?' })).status).toBe(200);
    expect((await asking.messages(conversation)).at(-1)!.feedback).toEqual({ verdict: 'down', reason: 'incomplete', comment: 'And when?' });

    const [suggestion] = (await call('GET', '/feedback')).body.items;
    expect(suggestion).toMatchObject({ messageId: answer.id, question: LIGHTHOUSE, reason: 'incomplete', cited: [{ filename: 'report.pdf', page: 3 }] });
    const { cited, messageId } = suggestion;
    const adopted = await call('POST', '/golden/questions', { question: LIGHTHOUSE, documentId: cited[0].documentId, page: cited[0].page, messageId });
    expect(adopted).toMatchObject({ status: 201, body: { source: 'feedback', page: 3 } });
    expect((await call('GET', '/feedback')).body.items).toEqual([]);

    // Said again it waits again; taken back or dismissed it is gone.
    await call('PUT', path, { verdict: 'up' });
    expect((await call('GET', '/feedback')).body.items).toHaveLength(1);
    expect((await call('POST', `/feedback/${answer.id}/dismiss`)).status).toBe(204);
    expect((await call('GET', '/feedback')).body.items).toEqual([]);
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('DELETE', path)).status).toBe(404);
    expect((await call('DELETE', `/golden/questions/${adopted.body.id}`)).status).toBe(204);
  });

  test('it is changed and removed; the run of a removed question stays, without it', async () => {
    const { items } = (await call('GET', '/golden/questions?q=high')).body;
    expect(items).toHaveLength(1);
    expect((await call('PATCH', `/golden/questions/${items[0].id}`, { page: 3 })).body).toMatchObject({ page: 3 });
    const before = (await runs()).length;
    await call('POST', '/golden/runs');
    expect(await nextRun('manual', before)).toMatchObject({ questions: 2, foundAt5: 2, meanReciprocalRank: 1 });
    expect((await call('DELETE', `/golden/questions/${items[0].id}`)).status).toBe(204);
    expect((await call('GET', '/golden/questions')).body.items).toHaveLength(1);
    expect((await call('DELETE', `/golden/questions/${items[0].id}`)).status).toBe(404);
  });
});

describe('the retrieval test page’s search', () => {
  test('tells each stage’s candidates, why, and what other settings do', async () => {
    const asking = await startAskingBox();
    const indexing = await startIndexing(asking.box);
    try {
      const { box, owner } = asking;
      await whenDocument(box, owner, await uploaded(box, owner, 'pumps.md', '# Pumps\n\nThe filter of the Halden pump is replaced every 14 months.\n'));
      await whenDocument(box, owner, await uploaded(box, owner, 'boats.md', '# Boats\n\nA boat has no filter, but a hull.\n'));
      const explain = async (body: object) => box.request('POST', '/api/v1/search/explain', { as: owner, body });
      const { status, body } = await explain({ query: 'Which filter does the Halden pump have?' });
      expect(status).toBe(200);
      expect(body.items[0]).toMatchObject({ filename: 'pumps.md', places: { words: 1, meaning: null } });
      expect(body.items[0].scores).toMatchObject({ words: expect.any(Number), meaning: null, fused: expect.any(Number) });
      expect(body.question.terms.find((term: { forms: string[] }) => term.forms.includes('filter')).passages).toBe(2);
      expect(body.stages.words.map((hit: { filename: string }) => hit.filename)).toEqual(['pumps.md', 'boats.md']);
      expect(body.off.map((off: { stage: string }) => off.stage)).toEqual(['meaning', 'rerank']);
      expect(body).toMatchObject({ searched: 2, model: null, degraded: 'meaning_away' });
      expect((await explain({ query: 'Boats', weights: { name: 0 } })).body.weights.name).toBe(0);
      expect((await explain({ query: 'Boats', weights: { name: 2 } })).status).toBe(422);
      expect((await box.request('POST', '/api/v1/search/explain', { as: await box.user('user'), body: { query: 'x' } })).status).toBe(403);
    } finally {
      await indexing.stop();
      await asking.stop();
    }
  });
});

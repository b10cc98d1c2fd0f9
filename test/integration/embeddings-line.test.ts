import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAskingBox } from '../support/asking.ts';
import { hang } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

let asking: Awaited<ReturnType<typeof startAskingBox>>;
beforeAll(async () => {
  asking = await startAskingBox();
  asking.runtime.embedMsPerText = 5;
});
afterAll(() => asking.stop());

const embed = (signal?: AbortSignal) =>
  asking.box.request('POST', '/v1/embeddings', { as: asking.owner, body: { model: 'scripted-embed', input: ['one', 'two'] }, signal });
const slices = () => asking.box.rows('llm_slices');

describe('M6 embeddings of the API stand in line', () => {
  test('M6: past the limit they are refused with when to come back; a client that goes away frees its place', async () => {
    expect((await embed()).body.data).toHaveLength(2);
    await asking.box.request('PATCH', '/api/v1/settings', { as: asking.owner, body: { queue: { maxWaitingPerUser: 1 } } });
    const before = asking.runtime.calls.length;
    asking.runtime.script = async function* (model) {
      yield 'One';
      await hang(model);
    };
    const { jobId } = await asking.ask('Take your time.');
    await waitFor(() => asking.runtime.calls.length > before, { what: 'the question at the model' });

    const leaving = new AbortController();
    const first = embed(leaving.signal).catch(() => 'gone');
    await waitFor(async () => (await slices()).length === 1, { what: 'a slice in line' });
    const refused = await embed();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body.error).toMatchObject({ code: 'queue_full', details: { scope: 'person', waiting: 1, limit: 1 } });
    expect(refused.body.error.details).toHaveProperty('etaMs');

    leaving.abort();
    expect(await first).toBe('gone');
    await waitFor(async () => (await slices()).length === 0, { what: 'its place to be free' });
    const made = asking.runtime.embeddings.length;
    const again = embed();
    await waitFor(async () => (await slices()).length === 1, { what: 'the next one in line' });
    await asking.box.request('POST', `/api/v1/jobs/${jobId}/cancel`, { as: asking.owner });
    expect((await again).status).toBe(200);
    // What was given up was never embedded.
    expect(asking.runtime.embeddings.length).toBe(made + 1);
  });
});

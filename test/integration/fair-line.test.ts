import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAskingBox } from '../support/asking.ts';
import type { Person } from '../support/box.ts';
import { say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

let asking: Awaited<ReturnType<typeof startAskingBox>>;
let mara: Person;
beforeAll(async () => {
  asking = await startAskingBox();
  mara = await asking.box.user('user', 'mara');
});
afterAll(() => asking.stop());

/** Holds the model at its first question until released; later questions are answered at once. */
const holdFirst = () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let first = true;
  asking.runtime.script = async function* () {
    if (first) {
      first = false;
      await held;
    }
    yield 'Yes.';
  };
  return release;
};

const asked = (from: number): string[] => asking.runtime.calls.slice(from).map(({ messages }) => messages.at(-1)!.content.match(/[a-z]+\d/)?.[0] ?? '');

const allDone = () => waitFor(async () => (await asking.box.rows('llm_queue')).length === 0, { what: 'an empty line' });

/** The owner asks seven questions while the model is held, then Mara three; in which order they were answered. */
const crowd = async (): Promise<{ order: string[]; place: number }> => {
  const release = holdFirst();
  const from = asking.runtime.calls.length;
  await asking.ask('many0 ?');
  await waitFor(() => asking.runtime.calls.length > from, { what: 'the first question at the model' });
  for (let n = 1; n < 7; n += 1) await asking.ask(`many${n} ?`);
  const { ticket } = await asking.ask('few1 ?', { as: mara });
  for (let n = 2; n < 4; n += 1) await asking.ask(`few${n} ?`, { as: mara });
  release();
  await allDone();
  return { order: asked(from), place: ticket.position };
};

describe('M6 the line is fair', () => {
  test('who brings many questions keeps nobody waiting behind them, and the place told at once is the place that holds', async () => {
    const { order, place } = await crowd();
    expect(order).toHaveLength(10);
    expect(place).toBe(1);
    expect(order[1]).toBe('few1');
    // Then they alternate by the time that each has had.
    expect(order.indexOf('few3')).toBeLessThan(order.indexOf('many5'));
  });

  test('an administrator’s weight is asked for, counted and on record; others may not set one', async () => {
    const owner = asking.owner;
    const set = (weight: number, as: Person) => asking.box.request('PUT', `/api/v1/queue/weights/${mara.id}`, { as, body: { weight } });
    expect((await set(4, mara)).status).toBe(403);
    expect((await set(0, owner)).status).toBe(422);
    const { status, body } = await set(4, owner);
    expect(status).toBe(200);
    const people = body.people as { username: string; weight: number; askedShare: number; gotShare: number; jobs: number }[];
    expect(people.find(({ username }) => username === 'mara')).toMatchObject({ weight: 4, askedShare: 0.8, jobs: 3 });
    expect(people.reduce((sum, { gotShare }) => sum + gotShare, 0)).toBeCloseTo(1);
    expect(await asking.box.rows('audit_log', { action: 'queue.weight_set' })).toHaveLength(1);
  });
});

describe('M1 a ticket', () => {
  test('says what was learnt, and stands beside what happened', async () => {
    asking.runtime.script = say('One', ' two', ' three.');
    for (let n = 0; n < 6; n += 1) {
      const { jobId, ticket } = await asking.ask(`again${n} ?`);
      expect(ticket.etaMs).toBeGreaterThan(0);
      expect(ticket.etaP90Ms!).toBeGreaterThanOrEqual(ticket.etaMs!);
      expect(ticket.worstMs).toBeGreaterThan(ticket.etaP90Ms!);
      await asking.follow(jobId);
    }
    const rows = await asking.box.rows('llm_predictions');
    const due = rows.filter(({ waited_ms }) => waited_ms !== null);
    expect(due.length).toBeGreaterThanOrEqual(6);
    const { status, body } = await asking.box.request('GET', '/api/v1/queue/estimates', { as: asking.owner });
    expect(status).toBe(200);
    expect(body.all).toMatchObject({ predictions: due.length, worstBroken: 0 });
    // Counted again by hand.
    expect(body.all.p90Coverage).toBeCloseTo(due.filter((row) => Number(row.waited_ms) <= Number(row.eta_p90_ms)).length / due.length);
    const [calibration] = await asking.box.rows('llm_calibration', { bucket: 'next' });
    expect((calibration!.ratios as number[]).length).toBeGreaterThanOrEqual(6);
  });

  test('is told again when somebody before goes away', async () => {
    const release = holdFirst();
    const from = asking.runtime.calls.length;
    await asking.ask('held0 ?');
    await waitFor(() => asking.runtime.calls.length > from, { what: 'the first question at the model' });
    const before = await asking.ask('before1 ?');
    const after = await asking.ask('after1 ?');
    expect(after.ticket.position).toBe(2);
    // The page of the line says what the person was told.
    const { body: line } = await asking.box.request('GET', '/api/v1/queue/jobs', { as: asking.owner });
    const { body: job } = await asking.box.request('GET', `/api/v1/jobs/${after.jobId}`, { as: asking.owner });
    const shown = (line.items as { jobId: string; ticket: { etaP90Ms: number } }[]).find(({ jobId }) => jobId === after.jobId)!;
    expect(Math.abs(shown.ticket.etaP90Ms - job.ticket.etaP90Ms)).toBeLessThan(1_000);
    await asking.box.request('POST', `/api/v1/jobs/${before.jobId}/cancel`, { as: asking.owner });
    await waitFor(async () => {
      const { body } = await asking.box.request('GET', `/api/v1/jobs/${after.jobId}`, { as: asking.owner });
      return body.ticket.position === 1;
    });
    release();
    await allDone();
  });
});

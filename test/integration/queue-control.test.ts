import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readEvents, startAskingBox, textOf } from '../support/asking.ts';
import { runCommand } from '../../scripts/arasul/main.ts';
import { PASSWORD, type Person } from '../support/box.ts';
import { hang, say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const refused = (status: number, code: string) => ({ status, body: { error: { code } } });

let asking: Awaited<ReturnType<typeof startAskingBox>>;
let admin: Person;
beforeAll(async () => {
  asking = await startAskingBox();
  admin = await asking.box.user('admin');
});
afterAll(() => asking.stop());

const call = (method: string, path: string, { as = admin, body, headers }: { as?: Person; body?: unknown; headers?: Record<string, string> } = {}) =>
  asking.box.request(method, `/api/v1${path}`, { as, body, headers });
const prompts = (): string[] => asking.runtime.calls.map(({ messages }) => messages.at(-1)!.content);
const audited = async (action: string) => asking.box.rows('audit_log', { action });
const waiting = async (as = admin) => (await call('GET', '/queue/jobs', { as })).body.items as { jobId: string; ticket: { position: number } }[];

/** The model speaks and does not end by itself; what is asked meanwhile waits. */
const holdTheModel = async (as: Person = asking.owner) => {
  asking.runtime.script = async function* (model) {
    yield 'One, ';
    await hang(model);
  };
  const asked = await asking.ask('Count.', { as });
  for await (const { event } of readEvents(asking.box, asked.jobId, { as })) if (event === 'token') break;
  asking.runtime.script = say('Yes.');
  return { ...asked, release: () => call('POST', `/jobs/${asked.jobId}/cancel`, { as }) };
};

const untilIdle = () => waitFor(async () => (await asking.box.rows('llm_queue')).length === 0, { what: 'an empty line' });
afterEach(async () => {
  await call('POST', '/queue/resume');
  for (const { job_id } of await asking.box.rows('llm_queue')) await call('POST', `/jobs/${job_id as string}/cancel`);
  await untilIdle();
});

describe('the line', () => {
  test('shows what runs and what waits; to others than administrators without the names', async () => {
    const [mara, nils] = [await asking.box.user(), await asking.box.user()];
    const held = await holdTheModel(mara);
    const first = await asking.ask('First?', { as: mara });
    const second = await asking.ask('Second?', { as: nils });
    const seen = (await call('GET', '/queue')).body;
    expect(seen).toMatchObject({ paused: null, waiting: 2, ownWaiting: 0, running: [{ jobId: held.jobId, username: mara.username, own: false }] });
    expect(seen.people.find(({ username }: Person) => username === mara.username)).toMatchObject({ waiting: 1, running: 1 });
    expect(await waiting()).toMatchObject([
      { jobId: first.jobId, ticket: { position: 1 } },
      { jobId: second.jobId, ticket: { position: 2 }, username: nils.username },
    ]);

    const seenByNils = (await call('GET', '/queue', { as: nils })).body;
    expect(seenByNils).toMatchObject({ waiting: 2, ownWaiting: 1, running: [{ username: null, own: false }], people: [{ username: nils.username }] });
    expect(JSON.stringify(seenByNils)).not.toContain(mara.username);
    expect(await waiting(nils)).toMatchObject([{ jobId: second.jobId, ticket: { position: 2 }, own: true }]);
    await held.release();
  });

  test('is paused and resumed by administrators, with a reason that waiters can read; what runs is finished', async () => {
    const held = await holdTheModel();
    expect(await call('POST', '/queue/pause', { as: await asking.box.user(), body: {} })).toMatchObject(refused(403, 'forbidden'));
    expect(await call('POST', '/queue/pause', { body: { reason: 'Moving the box' } })).toMatchObject({
      status: 200,
      body: { paused: { by: admin.username, reason: 'Moving the box' } },
    });
    const next = await asking.ask('When?');
    expect(next.ticket).toEqual({ position: 1, etaMs: null, etaP90Ms: null, paused: true });
    expect(await call('GET', `/jobs/${held.jobId}`, { as: asking.owner })).toMatchObject({ body: { status: 'processing' } });
    await held.release();
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: held.jobId }))[0]!.status === 'cancelled');
    // A turn that is given to the paused line is used up without beginning anything.
    await asking.ask('And I?');
    expect(await asking.box.rows('llm_jobs', { status: 'processing' })).toEqual([]);
    expect(prompts()).not.toContain('When?');
    await call('POST', '/queue/resume');
    expect((await asking.follow(next.jobId)).at(-1)!.event).toBe('done');
    await untilIdle();
    expect(await audited('queue.paused')).toMatchObject([{ actor: admin.username, details: { reason: 'Moving the box' } }]);
    expect(await audited('queue.resumed')).toHaveLength(1);
  });

  test('an administrator’s order holds, is shown to those who wait, and stands in the audit log', async () => {
    const held = await holdTheModel();
    const asked: string[] = [];
    for (const text of ['A?', 'B?', 'C?', 'D?']) asked.push((await asking.ask(text)).jobId);
    const [a, b, c, d] = asked as [string, string, string, string];
    const order = async () => (await waiting()).map(({ jobId }) => 'ABCD'[asked.indexOf(jobId)]).join('');
    expect(await call('POST', `/queue/jobs/${c}/move`, { as: asking.owner, body: { before: a } })).toMatchObject({ status: 200 });
    expect(await order()).toBe('CABD');
    await call('POST', `/queue/jobs/${a}/move`, { body: { before: null } });
    expect(await order()).toBe('CBDA');
    await call('POST', `/queue/jobs/${d}/move`, { body: { before: b } });
    expect(await order()).toBe('CDBA');
    await call('POST', `/queue/jobs/${d}/move`, { body: { before: d } });
    expect(await order()).toBe('CDBA');
    const places = async (id: string) => (await call('GET', `/jobs/${id}`, { as: asking.owner })).body.ticket.position as number;
    expect(await Promise.all([a, b, c, d].map(places))).toEqual([4, 3, 1, 2]);
    expect(await call('POST', `/queue/jobs/${held.jobId}/move`, { body: { before: a } })).toMatchObject(refused(404, 'not_found'));
    expect(await call('POST', `/queue/jobs/${a}/move`, { as: await asking.box.user(), body: { before: b } })).toMatchObject(refused(403, 'forbidden'));
    expect((await audited('queue.reordered')).length).toBe(3);

    const before = prompts().length;
    await held.release();
    await Promise.all(asked.map((id) => asking.follow(id)));
    expect(prompts().slice(before)).toEqual(['C?', 'D?', 'B?', 'A?']);
  });

  test('forgets the order by hand', async () => {
    const held = await holdTheModel();
    const first = await asking.ask('One?');
    const second = await asking.ask('Two?');
    await call('POST', `/queue/jobs/${second.jobId}/move`, { body: { before: first.jobId } });
    expect((await waiting()).map(({ jobId }) => jobId)).toEqual([second.jobId, first.jobId]);
    await call('DELETE', '/queue/order');
    await waitFor(async () => (await waiting())[0]!.jobId === first.jobId, { what: 'the order of arrival' });
    expect(await audited('queue.order_reset')).toHaveLength(1);
    await held.release();
  });
});

describe('caps', () => {
  test('a person has as many waiting as an administrator set for them, over all their tabs, and is told when to come back', async () => {
    const held = await holdTheModel();
    const mara = await asking.box.user();
    const secondTab = { ...mara, token: (await asking.box.login(mara.username, PASSWORD)).body.accessToken as string };
    expect(await call('PUT', `/queue/limits/${mara.id}`, { body: { maxWaiting: 2 } })).toMatchObject({ status: 200 });
    const conversation = await asking.converse(mara);
    const send = (as: Person, n: number) => call('POST', `/conversations/${conversation}/messages`, { as, body: { content: `Number ${n}?` } });
    const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => send(n % 2 ? mara : secondTab, n)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 429, 429, 429, 429]);
    const refusal = answers.find(({ status }) => status === 429)!;
    expect(refusal.body.error).toMatchObject({ code: 'queue_full', details: { scope: 'person', waiting: 2, limit: 2 } });
    expect(refusal.body.error.details).toHaveProperty('etaMs');
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('GET', `/conversations/${conversation}`, { as: mara })).body.messageCount).toBe(4);

    await call('PUT', `/queue/limits/${mara.id}`, { body: { maxWaiting: null } });
    expect((await send(mara, 7)).status).toBe(202);
    expect(await audited('queue.limit_set')).toMatchObject([{ subject: mara.username }, { subject: mara.username }]);
    expect(await call('PUT', `/queue/limits/${mara.id}`, { as: mara, body: { maxWaiting: 9 } })).toMatchObject(refused(403, 'forbidden'));
    await held.release();
  });

  test('the box takes only so many in all', async () => {
    const held = await holdTheModel();
    await call('PATCH', '/settings', { body: { queue: { maxWaiting: 2 } } });
    try {
      const people = await Promise.all([0, 1, 2].map(() => asking.box.user()));
      await asking.ask('One?', { as: people[0]! });
      await asking.ask('Two?', { as: people[1]! });
      const conversation = await asking.converse(people[2]);
      const refusal = await call('POST', `/conversations/${conversation}/messages`, { as: people[2]!, body: { content: 'Three?' } });
      expect(refusal).toMatchObject({ status: 429, body: { error: { code: 'queue_full', details: { scope: 'box', waiting: 2, limit: 2 } } } });
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await call('PATCH', '/settings', { body: { queue: { maxWaiting: 1_000 } } });
    }
    await held.release();
  });
});

describe('a queued question', () => {
  test('is worded anew and keeps its place; once it is begun it cannot be', async () => {
    const held = await holdTheModel();
    const mine = await asking.ask('Whta?');
    await asking.ask('Behind?');
    expect(await call('PATCH', `/jobs/${mine.jobId}`, { as: admin, body: { content: 'Mine now' } })).toMatchObject(refused(404, 'not_found'));
    expect(await call('PATCH', `/jobs/${mine.jobId}`, { as: asking.owner, body: { content: ' What? ' } })).toMatchObject({ body: { ticket: { position: 1 } } });
    expect((await asking.messages(mine.conversationId)).map(({ content }) => content)).toEqual(['What?', '']);
    expect(await call('PATCH', `/jobs/${held.jobId}`, { as: asking.owner, body: { content: 'x' } })).toMatchObject(refused(409, 'job_not_active'));
    await held.release();
    await asking.follow(mine.jobId);
    expect(prompts()).toContain('What?');
    expect(prompts()).not.toContain('Whta?');
  });

  test('of another is cancelled by an administrator, with a line in the audit log', async () => {
    const held = await holdTheModel();
    const mara = await asking.box.user();
    const { jobId } = await asking.ask('Mine?', { as: mara });
    expect(await call('POST', `/jobs/${jobId}/cancel`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await asking.box.rows('audit_log', { action: 'queue.job_cancelled', subject: jobId })).toMatchObject([{ actor: admin.username }]);
    await held.release();
  });
});

describe('S11 an Idempotency-Key', () => {
  let key: string;
  beforeEach(() => (key = randomUUID()));
  const send = (conversation: string, content: string, withKey: string, as = asking.owner) =>
    call('POST', `/conversations/${conversation}/messages`, { as, body: { content }, headers: { 'Idempotency-Key': withKey } });

  test('S11 returns the first answer, however many requests come at once, and asks once', async () => {
    asking.runtime.script = say('Yes.');
    const conversation = await asking.converse();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(conversation, 'Once?', key)));
    answers.push(await send(conversation, 'Once?', key));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const events = await asking.follow(answers[0]!.body.jobId);
    expect(textOf(events)).toBe('Yes.');
    expect(await send(conversation, 'Once?', key)).toMatchObject({ status: 202, body: answers[0]!.body });
    expect(await asking.messages(conversation)).toHaveLength(2);
  });

  test('S11 belongs to its person and to one request', async () => {
    asking.runtime.script = say('Yes.');
    const conversation = await asking.converse();
    const first = await send(conversation, 'This?', key);
    expect(await send(conversation, 'That?', key)).toMatchObject(refused(422, 'idempotency_mismatch'));
    const mara = await asking.box.user();
    const hers = await send(await asking.converse(mara), 'This?', key, mara);
    expect(hers.status).toBe(202);
    expect(hers.body.jobId).not.toBe(first.body.jobId);
    expect(await send(conversation, 'This?', 'not a key')).toMatchObject(refused(422, 'validation_failed'));
  });

  test('S11 of a refused request is free: nothing was done under it', async () => {
    const held = await holdTheModel();
    const mara = await asking.box.user();
    await call('PUT', `/queue/limits/${mara.id}`, { body: { maxWaiting: 0 } });
    const conversation = await asking.converse(mara);
    expect(await send(conversation, 'Now?', key, mara)).toMatchObject(refused(429, 'queue_full'));
    await call('PUT', `/queue/limits/${mara.id}`, { body: { maxWaiting: null } });
    expect(await send(conversation, 'Now?', key, mara)).toMatchObject({ status: 202 });
    await held.release();
  });

  test('S11 lets a client of the OpenAI-compatible API come back for its answer', async () => {
    asking.runtime.script = say('Two and two', ' is four.');
    const content = `Two and two? ${randomUUID()}`;
    const body = { model: 'scripted', messages: [{ role: 'user', content }] };
    const ask = () => asking.box.request('POST', '/v1/chat/completions', { as: asking.owner, body, headers: { 'Idempotency-Key': content.slice(-36) } });
    const [first, second] = [await ask(), await ask()];
    expect(first.body.choices[0].message.content).toBe('Two and two is four.');
    expect(second.body).toMatchObject({ id: first.body.id, choices: first.body.choices });
    expect(prompts().filter((prompt) => prompt === content)).toHaveLength(1);
  });
});

describe('the command line', () => {
  const run = async (...words: string[]): Promise<string> => {
    const said: string[] = [];
    const env = { ARASUL_DATA_DIR: asking.box.dataDir, ARASUL_DATABASE_URL: asking.box.database.url };
    const code = await runCommand({
      root: process.cwd(),
      env,
      words: ['queue', ...words],
      say: (line) => said.push(line),
      complain: (line) => said.push(line),
    });
    return `${code}\n${said.join('\n')}`;
  };

  test('lists, pauses, moves, cancels and resumes, and all of it is on record', async () => {
    expect(await run()).toContain('Nothing waits');
    expect(await run('pause', 'Moving', 'the', 'box')).toMatch(/^0/);
    const first = await asking.ask('First?');
    const second = await asking.ask('Second?');
    await waitFor(async () => (await run('list')).includes(second.jobId));
    expect(await run('list')).toContain('paused since');
    expect(await run('list')).toContain('Moving the box');
    const moved = await run('move', second.jobId, first.jobId);
    expect(moved.indexOf(second.jobId)).toBeLessThan(moved.indexOf(first.jobId));
    expect(await run('cancel', first.jobId)).toBe('0\nIt is stopped.');
    expect(await run('resume')).toBe('0\nThe line goes on.');
    expect((await asking.follow(second.jobId)).at(-1)!.event).toBe('done');
    expect(await run('cancel', second.jobId)).toMatch(/^1\n.*completed already/);
    expect(await run('whatever')).toMatch(/^1\n/);
    expect((await audited('queue.reordered')).some(({ actor }) => actor === 'command line')).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { purge } from '../../services/llm-queue/purge.ts';
import { readEvents, startAskingBox, textOf, type ReadEvent } from '../support/asking.ts';
import type { Person } from '../support/box.ts';
import { hang, say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const refused = (status: number, code: string) => ({ status, body: { error: { code } } });
const never = new AbortController().signal;

let asking: Awaited<ReturnType<typeof startAskingBox>>;
beforeAll(async () => {
  asking = await startAskingBox({ env: { ARASUL_NEXT_TOKEN_TIMEOUT_MS: '3000' } });
});
afterAll(() => asking.stop());

const call = (method: string, path: string, { as = asking.owner, body }: { as?: Person; body?: unknown } = {}) =>
  asking.box.request(method, `/api/v1${path}`, { as, body });
const done = (events: ReadEvent[]) => events.at(-1)!;

describe('conversations', () => {
  test('are begun, listed by last use, found by title and by what was said, renamed', async () => {
    const person = await asking.box.user();
    const ids: string[] = [];
    for (const title of ['Heat pumps', '', 'Taxes 2025']) ids.push((await call('POST', '/conversations', { as: person, body: { title } })).body.id);
    asking.runtime.script = say('A zeppelin is an airship.');
    const { jobId } = await asking.ask('What is a zeppelin, and since when do they fly over the big lake in the south?', {
      as: person,
      conversationId: ids[1],
    });
    await asking.follow(jobId, { as: person });

    const titles = async (query: string) =>
      (await call('GET', `/conversations?${query}`, { as: person })).body.items.map(({ title }: { title: string }) => title);
    expect(await titles('')).toEqual(['What is a zeppelin, and since when do they fly over the big…', 'Taxes 2025', 'Heat pumps']);
    expect(await titles('q=pump')).toEqual(['Heat pumps']);
    expect(await titles('q=AIRSHIP')).toEqual(['What is a zeppelin, and since when do they fly over the big…']);
    expect(await titles('q=100%25')).toEqual([]);

    const first = (await call('GET', '/conversations?limit=2', { as: person })).body;
    const second = (await call('GET', `/conversations?limit=2&cursor=${first.nextCursor}`, { as: person })).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([ids[1], ids[2], ids[0]]);
    expect(second.nextCursor).toBeNull();

    expect(await call('PATCH', `/conversations/${ids[0]}`, { as: person, body: { title: ' Air to water ' } })).toMatchObject({
      status: 200,
      body: { title: 'Air to water' },
    });
    expect(await call('PATCH', `/conversations/${ids[0]}`, { as: person, body: { title: '' } })).toMatchObject(refused(422, 'validation_failed'));
    expect((await call('GET', `/conversations/${ids[0]}`, { as: person })).body.title).toBe('Air to water');
  });

  test('are their owner’s alone: for anybody else, the administrator too, they are not there', async () => {
    const person = await asking.box.user();
    const { conversationId, jobId } = await asking.ask('Mine?', { as: person });
    await asking.follow(jobId, { as: person });
    for (const other of [asking.owner, await asking.box.user('admin')]) {
      for (const [method, path, body] of [
        ['GET', `/conversations/${conversationId}`],
        ['PATCH', `/conversations/${conversationId}`, { title: 'taken' }],
        ['DELETE', `/conversations/${conversationId}`],
        ['GET', `/conversations/${conversationId}/messages`],
        ['POST', `/conversations/${conversationId}/messages`, { content: 'Hello?' }],
        ['GET', `/conversations/${conversationId}/export`],
        ['GET', `/jobs/${jobId}`],
        ['GET', `/jobs/${jobId}/events`],
      ] as const) {
        expect(await call(method, path, { as: other, body }), `${method} ${path}`).toMatchObject(refused(404, 'not_found'));
      }
    }
    expect((await call('GET', `/conversations/${conversationId}`, { as: person })).body).toMatchObject({ title: 'Mine?', messageCount: 2 });
  });

  test('are exported as Markdown', async () => {
    asking.runtime.script = say('Because ', 'of Rayleigh scattering.');
    const { conversationId, jobId } = await asking.ask('Why is the sky blue?');
    await asking.follow(jobId);
    const { status, headers, body } = await call('GET', `/conversations/${conversationId}/export`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename=Why-is-the-sky-blue.md');
    expect(body).toContain('# Why is the sky blue?\n');
    expect(body).toMatch(/## Question\n\n\*.+\*\n\nWhy is the sky blue\?\n\n## Answer \(scripted\)\n\n\*.+\*\n\nBecause of Rayleigh scattering\.\n$/);
  });

  test('what cannot be a question is refused', async () => {
    const id = await asking.converse();
    for (const body of [{}, { content: '  ' }, { content: 'x'.repeat(20_001) }, { content: '\0' }, { content: 'a', documentIds: ['x'] }]) {
      expect(await call('POST', `/conversations/${id}/messages`, { body })).toMatchObject(refused(422, 'validation_failed'));
    }
    expect((await call('GET', `/conversations/${id}`)).body.messageCount).toBe(0);
  });
});

describe('A9 the message count', () => {
  test('A9 is right after concurrent questions in one conversation', async () => {
    asking.runtime.script = say('Yes.');
    const conversationId = await asking.converse();
    const asked = await Promise.all(Array.from({ length: 12 }, (_, n) => asking.ask(`Question ${n}?`, { conversationId })));
    for (const { jobId } of asked) await asking.follow(jobId);
    const messages = await asking.messages(conversationId);
    expect(messages).toHaveLength(24);
    expect(messages.map(({ role }) => role)).toEqual(Array.from({ length: 12 }, () => ['user', 'assistant']).flat());
    expect((await call('GET', `/conversations/${conversationId}`)).body.messageCount).toBe(24);

    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await call('GET', `/conversations/${conversationId}/messages?limit=5&order=newest${cursor && `&cursor=${cursor}`}`);
      paged.push(...body.items.map(({ id }: { id: string }) => id));
      if (!(cursor = body.nextCursor)) break;
    }
    expect(paged).toEqual(messages.map(({ id }) => id).reverse());
  });

  test('A9 follows deletions of messages, also while others are written', async () => {
    const { db } = asking.box.database;
    const conversationId = await asking.converse();
    const add = () =>
      db.insertInto('chat_messages').values({ conversation_id: conversationId, role: 'user', content: 'x' }).returning('id').executeTakeFirstOrThrow();
    const first = await Promise.all(Array.from({ length: 20 }, add));
    await Promise.all([...first.slice(0, 9).map(({ id }) => db.deleteFrom('chat_messages').where('id', '=', id).execute()), ...Array.from({ length: 7 }, add)]);
    expect((await call('GET', `/conversations/${conversationId}`)).body.messageCount).toBe(18);
    expect(await asking.box.rows('chat_messages', { conversation_id: conversationId })).toHaveLength(18);
  });

  test('A9 a deleted conversation vanishes at once, can be restored, and is purged after 30 days', async () => {
    asking.runtime.script = say('Yes.');
    const { conversationId, jobId } = await asking.ask('Shall this stay?');
    await asking.follow(jobId);
    const listed = async () => (await call('GET', '/conversations?q=Shall this stay')).body.items.length as number;
    expect(await call('DELETE', `/conversations/${conversationId}`)).toMatchObject({ status: 204 });
    expect(await listed()).toBe(0);
    for (const path of [`/conversations/${conversationId}`, `/conversations/${conversationId}/messages`, `/jobs/${jobId}`])
      expect(await call('GET', path)).toMatchObject({ status: 404 });
    expect(await call('DELETE', `/conversations/${conversationId}`)).toMatchObject({ status: 404 });
    expect(await call('PATCH', `/conversations/${conversationId}`, { body: { title: 'no' } })).toMatchObject({ status: 404 });
    expect(await call('PATCH', `/conversations/${conversationId}`, { body: { restore: true } })).toMatchObject({
      status: 200,
      body: { deletedAt: null, messageCount: 2 },
    });
    expect(await listed()).toBe(1);

    await call('DELETE', `/conversations/${conversationId}`);
    const inDays = (days: number) => new Date(asking.box.clock.now() + days * 86_400_000);
    await purge(asking.box.database, never, inDays(29));
    expect(await asking.box.rows('chat_conversations', { id: conversationId })).toHaveLength(1);
    await Promise.all([purge(asking.box.database, never, inDays(31)), purge(asking.box.database, never, inDays(31))]);
    for (const [table, column] of [
      ['chat_conversations', 'id'],
      ['chat_messages', 'conversation_id'],
      ['llm_jobs', 'conversation_id'],
    ]) {
      expect(await asking.box.rows(table!, { [column!]: conversationId }), table).toEqual([]);
    }
    expect(await asking.box.rows('llm_job_events', { job_id: jobId })).toEqual([]);
  });

  test('A9 deleting a conversation stops what runs in it', async () => {
    asking.runtime.script = async function* (model) {
      yield 'Well';
      await hang(model);
    };
    const before = asking.runtime.calls.length;
    const { conversationId, jobId } = await asking.ask('Going away?');
    await waitFor(() => asking.runtime.calls.length > before && asking.runtime.calls.at(-1)!.sent === 1, { what: 'the first word' });
    expect((await call('DELETE', `/conversations/${conversationId}`)).status).toBe(204);
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: jobId }))[0]!.status === 'cancelled');
    expect(asking.runtime.calls.at(-1)!.signal.aborted).toBe(true);
  });
});

describe('an answer', () => {
  test('streams in order, and what is stored is what was streamed', async () => {
    asking.runtime.script = say('Two', ' and', ' two', ' is', ' four.');
    const { jobId, conversationId, messageId, ticket } = await asking.ask('What is two and two?');
    expect(ticket.position).toBe(1);
    const events = await asking.follow(jobId);
    const ids = events.flatMap(({ id }) => id ?? []);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect([...new Set(events.map(({ event }) => event))]).toEqual(['ticket', 'started', 'token', 'done']);
    expect(textOf(events)).toBe('Two and two is four.');
    const [question, answer] = await asking.messages(conversationId);
    expect(question).toMatchObject({ role: 'user', content: 'What is two and two?', grounded: null, jobId: null });
    expect(answer).toMatchObject({
      id: messageId,
      jobId,
      content: 'Two and two is four.',
      status: 'complete',
      grounded: false,
      answeredBy: 'model',
      model: 'scripted',
      citations: [],
      unsupported: [],
    });
    expect(answer!.timings).toMatchObject({ prefillMs: 20, decodeMs: 25, promptTokens: 10, completionTokens: 5 });
    expect(done(events).data).toEqual({ message: answer });
    expect((await call('GET', `/jobs/${jobId}`)).body).toMatchObject({ status: 'completed', ticket: null, attempts: 1, error: null, messageId });
  });

  test('knows what was said before, and that only', async () => {
    asking.runtime.script = say('The capital is Vaduz.');
    const { conversationId, jobId } = await asking.ask('What is the capital of Liechtenstein?');
    await asking.follow(jobId);
    asking.runtime.script = say('About 5,700.');
    const next = await asking.ask('How many live there?', { conversationId });
    await asking.follow(next.jobId);
    expect(asking.runtime.calls.at(-1)!.messages.slice(1)).toEqual([
      { role: 'user', content: 'What is the capital of Liechtenstein?' },
      { role: 'assistant', content: 'The capital is Vaduz.' },
      { role: 'user', content: 'How many live there?' },
    ]);
  });

  test('is estimated once something was measured', async () => {
    asking.runtime.script = say('Yes.');
    await asking.follow((await asking.ask('Again?')).jobId);
    const { ticket } = await asking.ask('And again?');
    expect(ticket.etaMs).toBeGreaterThan(0);
    expect(ticket.etaP90Ms).toBeGreaterThanOrEqual(ticket.etaMs!);
  });

  test('a question too long for the model fails with the numbers', async () => {
    const { jobId } = await asking.ask('word '.repeat(3_900));
    expect(done(await asking.follow(jobId))).toMatchObject({
      event: 'failed',
      data: { code: 'context_exceeded', message: expect.stringContaining('reads 4096') },
    });
    expect((await call('GET', `/jobs/${jobId}`)).body).toMatchObject({ status: 'failed', error: { code: 'context_exceeded' } });
  });

  test('an unknown model is refused by name', async () => {
    const id = await asking.converse();
    const { body } = await call('POST', `/conversations/${id}/messages`, { body: { content: 'Hello?', model: 'gpt-99' } });
    expect(done(await asking.follow(body.jobId))).toMatchObject({
      event: 'failed',
      data: { code: 'model_unknown', message: expect.stringContaining('scripted') },
    });
  });

  test('without a chat model and without documents it says what is missing', async () => {
    asking.runtime.hasModel = false;
    const { jobId } = await asking.ask('Anybody there?');
    const last = done(await asking.follow(jobId));
    asking.runtime.hasModel = true;
    expect(last).toMatchObject({ event: 'failed', data: { code: 'model_not_ready' } });
  });
});

describe('a model that dies', () => {
  test('in mid-answer: the answer is begun again, and readers discard what came before', async () => {
    asking.runtime.script = async function* ({ n }) {
      yield 'The first';
      if (n === first) throw new Error('killed');
      yield ' and second try.';
    };
    const first = asking.runtime.calls.length + 1;
    const { jobId, conversationId } = await asking.ask('Will it hold?');
    const events = await asking.follow(jobId);
    expect(events.filter(({ event }) => event === 'started').map(({ data }) => data)).toEqual([
      { model: 'scripted', attempt: 1 },
      { model: 'scripted', attempt: 2 },
    ]);
    expect(textOf(events)).toBe('The first and second try.');
    expect((await asking.messages(conversationId)).at(-1)).toMatchObject({ content: 'The first and second try.', status: 'complete' });
    expect((await call('GET', `/jobs/${jobId}`)).body).toMatchObject({ status: 'completed', attempts: 2 });
  });

  test('twice: the job fails with the reason, and keeps the text so far', async () => {
    asking.runtime.script = async function* () {
      yield 'So far';
      throw new Error('killed');
    };
    const { jobId, conversationId } = await asking.ask('Will it ever hold?');
    const events = await asking.follow(jobId);
    expect(done(events)).toMatchObject({ event: 'failed', data: { code: 'model_stopped' } });
    expect((await asking.messages(conversationId)).at(-1)).toMatchObject({ content: 'So far', status: 'failed', error: { code: 'model_stopped' } });
  });

  test('silently: no token for the set time counts as dead, and its request is ended', async () => {
    const first = asking.runtime.calls.length + 1;
    asking.runtime.script = async function* (model) {
      yield 'Hm.';
      if (model.n === first) await hang(model);
    };
    const { jobId } = await asking.ask('Are you there?');
    const events = await asking.follow(jobId);
    expect(done(events).event).toBe('done');
    expect(textOf(events)).toBe('Hm.');
    expect(asking.runtime.calls[first - 1]!.signal.aborted).toBe(true);
    expect((await call('GET', `/jobs/${jobId}`)).body.attempts).toBe(2);
  });
});

describe('stop', () => {
  const startTalking = async (as: Person = asking.owner) => {
    asking.runtime.script = async function* (model) {
      yield 'One, ';
      yield 'two';
      await hang(model);
    };
    const asked = await asking.ask('Count.', { as });
    for await (const { event } of readEvents(asking.box, asked.jobId, { as })) if (event === 'token') break;
    return asked;
  };

  test('ends the model’s work and keeps what was written', async () => {
    const { jobId, conversationId } = await startTalking();
    expect(await call('POST', `/jobs/${jobId}/cancel`)).toMatchObject({ status: 200 });
    const events = await asking.follow(jobId);
    expect(done(events)).toMatchObject({ event: 'cancelled', data: { message: { status: 'stopped', content: 'One, two' } } });
    expect(textOf(events)).toBe('One, two');
    expect(asking.runtime.calls.at(-1)!.signal.aborted).toBe(true);
    expect((await asking.messages(conversationId)).at(-1)).toMatchObject({ status: 'stopped', content: 'One, two' });
    // Stopping it again changes nothing.
    expect(await call('POST', `/jobs/${jobId}/cancel`)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
  });

  test('a waiting question goes at once, and those behind it move up', async () => {
    const running = await startTalking();
    const second = await asking.ask('Second?');
    const third = await asking.ask('Third?');
    expect([second.ticket.position, third.ticket.position]).toEqual([1, 2]);
    expect(await call('POST', `/jobs/${second.jobId}/cancel`)).toMatchObject({ status: 200, body: { status: 'cancelled', ticket: null } });
    expect(done(await asking.follow(second.jobId))).toMatchObject({ event: 'cancelled', data: { message: { status: 'stopped', content: '' } } });
    const places: number[] = [];
    for await (const { event, data } of readEvents(asking.box, third.jobId, { as: asking.owner })) {
      if (event === 'ticket') places.push((data as { position: number }).position);
      if (places.at(-1) === 1) break;
    }
    expect(places).toEqual([2, 1]);
    asking.runtime.script = say('Yes.');
    await call('POST', `/jobs/${running.jobId}/cancel`);
    expect(done(await asking.follow(third.jobId)).event).toBe('done');
  });

  test('administrators may stop anybody’s job, others only their own, and nobody a finished one', async () => {
    const person = await asking.box.user();
    const { jobId } = await startTalking(person);
    expect(await call('POST', `/jobs/${jobId}/cancel`, { as: await asking.box.user() })).toMatchObject(refused(404, 'not_found'));
    expect(await call('POST', `/jobs/${jobId}/cancel`, { as: await asking.box.user('admin') })).toMatchObject({ status: 200 });
    expect(done(await asking.follow(jobId, { as: person })).event).toBe('cancelled');
    asking.runtime.script = say('Yes.');
    const finished = await asking.ask('Done?');
    await asking.follow(finished.jobId);
    expect(await call('POST', `/jobs/${finished.jobId}/cancel`)).toMatchObject(refused(409, 'job_not_active'));
  });

  test('one person cannot fill the line', async () => {
    const person = await asking.box.user();
    const running = await startTalking();
    const conversationId = await asking.converse(person);
    const asked = [];
    // A few may have been begun meanwhile; the line itself holds fifty.
    for (let n = 0; n < 60; n += 1)
      asked.push(await call('POST', `/conversations/${conversationId}/messages`, { as: person, body: { content: `Question ${n}?` } }));
    expect(asked.slice(0, 50).map(({ status }) => status)).toEqual(Array(50).fill(202));
    const answer = asked.at(-1)!;
    expect(answer).toMatchObject(refused(429, 'queue_full'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call('GET', '/jobs?status=pending&limit=5', { as: person })).body.items).toHaveLength(5);
    await call('DELETE', `/conversations/${conversationId}`, { as: person });
    await call('POST', `/jobs/${running.jobId}/cancel`);
  });
});

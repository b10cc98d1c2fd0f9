import { createHmac, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notify } from '#alerts';
import { createServiceGroup, silentLogger, type ServiceGroup } from '#kit';
import { service as notifier } from '../../services/notifier/main.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startReceiver } from '../support/receiver.ts';
import { waitFor } from '../support/wait.ts';

let box: Box;
let owner: Person;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let worker: ServiceGroup;

const startWorker = async (env: Record<string, string> = {}): Promise<ServiceGroup> => {
  const group = createServiceGroup({
    env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url, ARASUL_HOOKS_TO_LOOPBACK: '1', ARASUL_DELIVERY_PAUSE_MS: '50', ...env },
    logFor: () => silentLogger,
  });
  await group.start(notifier);
  return group;
};

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  receiver = await startReceiver();
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop();
  await receiver.stop();
  await box.stop();
});
beforeEach(async () => {
  await box.database.db.deleteFrom('alert_channels').execute();
  await box.database.db.deleteFrom('notifications').execute();
  receiver.received.length = 0;
  receiver.replies.length = 0;
});

const add = async (body: Record<string, unknown>) => {
  const answer = await box.request('POST', '/api/v1/channels', { as: owner, body: { name: 'c', ...body } });
  expect(answer.status).toBe(201);
  return answer.body as { channel: { id: string }; secret: string | null };
};
const failed = { topic: 'backup.failed', severity: 'critical', title: { en: 'The backup failed.', de: 'Die Sicherung ist fehlgeschlagen.' } } as const;
const log = async (status: string) => (await box.request('GET', `/api/v1/deliveries?status=${status}`, { as: owner })).body.items as any[]; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test says what it expects
const delivered = (count: number) => waitFor(async () => (await log('delivered')).length >= count, { what: `${count} deliveries` });

describe('T12 a webhook', () => {
  test('is signed, is verified by its receiver, and is retried under the same id until it is delivered', async () => {
    const { secret, channel } = await add({ target: { kind: 'webhook', address: `${receiver.url}/hook` } });
    receiver.replies.push({ status: 502 }, 'cut', { status: 404 });
    await notify(box.database.db, { ...failed, details: { backup: 7 }, link: '/system/backups' });
    await delivered(1);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-arasul-id'])).size).toBe(1);
    for (const { headers, text } of receiver.received) {
      const signed = `${headers['x-arasul-id']}.${headers['x-arasul-timestamp']}.${text}`;
      expect(headers['x-arasul-signature']).toBe(`v1=${createHmac('sha256', secret!).update(signed).digest('hex')}`);
    }
    expect(JSON.parse(receiver.received[3]!.text)).toMatchObject({
      topic: 'backup.failed',
      severity: 'critical',
      details: { backup: 7, path: '/system/backups' },
    });
    expect((await log('delivered'))[0]).toMatchObject({ attempts: 4, channel: { id: channel.id } });
    const [row] = await box.rows('alert_channels', { id: channel.id });
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(JSON.stringify((await box.request('GET', '/api/v1/channels', { as: owner })).body)).not.toContain(secret);
  });

  test('that asks to be left alone is left alone for so long, and the try does not count', async () => {
    const { channel } = await add({ target: { kind: 'webhook', address: receiver.url } });
    receiver.replies.push({ status: 429, headers: { 'retry-after': '3600' } });
    await notify(box.database.db, failed);
    await waitFor(async () => (await log('pending'))[0]?.error, { what: 'the refusal' });
    const [pending] = await log('pending');
    expect(pending).toMatchObject({ attempts: 0, error: expect.stringContaining('429') });
    expect(Date.parse(pending.dueAt) - Date.now()).toBeGreaterThan(3_000_000);
    expect((await box.request('POST', `/api/v1/deliveries/${pending.id}/retry`, { as: owner })).status).toBe(204);
    await delivered(1);
    expect(receiver.received).toHaveLength(2);
    expect((await box.request('POST', `/api/v1/channels/${channel.id}/test`, { as: owner })).body).toMatchObject({ ok: true });
  });

  test('may not lead to the box itself or to link-local addresses, nor be led there by a redirect', async () => {
    const strict = await startWorker({ ARASUL_HOOKS_TO_LOOPBACK: '0' });
    await worker.stop();
    try {
      await add({ target: { kind: 'webhook', address: receiver.url } });
      await add({ target: { kind: 'webhook', address: `http://localhost:${new URL(receiver.url).port}` } });
      await add({ target: { kind: 'webhook', address: 'http://169.254.169.254/latest' } });
      await notify(box.database.db, failed);
      await waitFor(async () => (await log('dropped')).length === 3, { what: 'refusals' });
      expect(receiver.received).toEqual([]);
    } finally {
      worker = await startWorker();
      await strict.stop();
    }
  });
});

test('ntfy and Gotify are told in their own words, with title, priority and token', async () => {
  await add({ target: { kind: 'ntfy', address: `${receiver.url}/my-box`, secret: 'tk_ntfy' } });
  await add({ target: { kind: 'gotify', address: `${receiver.url}/push`, secret: 'gotify-token' }, language: 'de' });
  await notify(box.database.db, failed);
  await delivered(2);
  const ntfy = receiver.received.find(({ path }) => path === '/')!;
  expect(ntfy.headers.authorization).toBe('Bearer tk_ntfy');
  expect(JSON.parse(ntfy.text)).toMatchObject({ topic: 'my-box', title: 'The backup failed.', priority: 5 });
  const gotify = receiver.received.find(({ path }) => path === '/push/message')!;
  expect(gotify.headers['x-gotify-key']).toBe('gotify-token');
  expect(JSON.parse(gotify.text)).toMatchObject({ title: 'Die Sicherung ist fehlgeschlagen.', priority: 8 });
});

test('e-mail goes through the mail server that was set up, signed in, in the person’s language', async () => {
  const mails: string[] = [];
  const smtp = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'box' && password === 'geheim' ? done(null, { user: 'box' }) : done(new Error('wrong password')),
    onData(stream, _session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  try {
    const server = { host: '127.0.0.1', port: (smtp.server.address() as AddressInfo).port, security: 'none', username: 'box', from: 'box@example.org' };
    const put = (password: string) => box.request('PUT', '/api/v1/channels/mail-server', { as: owner, body: { ...server, password } });
    expect((await put('falsch')).body).toMatchObject({ hasPassword: true });
    const { channel } = await add({ target: { kind: 'email', address: 'anna@example.org' }, language: 'de' });
    const bad = (await box.request('POST', `/api/v1/channels/${channel.id}/test`, { as: owner })).body;
    expect(bad.ok).toBe(false);
    expect(JSON.stringify(bad)).not.toContain('falsch');
    await put('geheim');
    await notify(box.database.db, failed);
    await delivered(1);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('To: anna@example.org');
    expect(mails[0]).toMatch(/Subject: Die Sicherung ist fehlgeschlagen\./);
    expect(JSON.stringify(await box.rows('mail_server'))).not.toContain('geheim');
  } finally {
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  }
});

test('who wants only what is critical, or only one topic, is told only that; the same is told once', async () => {
  await add({ name: 'all', target: { kind: 'webhook', address: `${receiver.url}/all` }, minSeverity: 'info' });
  await add({ name: 'bad', target: { kind: 'webhook', address: `${receiver.url}/bad` }, minSeverity: 'critical' });
  await add({ name: 'backups', target: { kind: 'webhook', address: `${receiver.url}/backups` }, minSeverity: 'info', topics: ['backup'] });
  await notify(box.database.db, { topic: 'incident.opened', severity: 'warning', title: { en: 'Warm.' }, dedupeKey: 'x' });
  await notify(box.database.db, { topic: 'incident.opened', severity: 'warning', title: { en: 'Warm.' }, dedupeKey: 'x' });
  await notify(box.database.db, { ...failed, topic: 'backup.failed' });
  await delivered(4);
  expect(receiver.received.map(({ path }) => path).sort()).toEqual(['/all', '/all', '/backups', '/bad']);
});

test('quiet hours hold on the person’s own clock, let critical things through, and end in one digest', async () => {
  const clock = (offsetMinutes: number) => {
    const at = new Date(Date.now() + offsetMinutes * 60_000);
    return new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Kathmandu', hour: '2-digit', minute: '2-digit' }).format(at);
  };
  const { channel } = await add({
    target: { kind: 'webhook', address: receiver.url },
    minSeverity: 'info',
    timeZone: 'Asia/Kathmandu',
    quiet: { from: clock(-60), until: clock(60), letsCritical: true },
  });
  for (let each = 0; each < 3; each += 1) await notify(box.database.db, { topic: 'document.failed', severity: 'info', title: { en: `Note ${each}` } });
  await notify(box.database.db, failed);
  await delivered(1);
  const waiting = await waitFor(async () => {
    const rows = await log('pending');
    return rows.length === 3 && rows.every(({ dueAt }) => Date.parse(dueAt) > Date.now() + 50 * 60_000) ? rows : null;
  });
  expect(receiver.received.map(({ text }) => JSON.parse(text).title)).toEqual(['The backup failed.']);
  const long = new Date(Date.now() - 3_600_000);
  await box.database.db.updateTable('notifications').set({ created_at: long }).where('topic', '=', 'document.failed').execute();
  await box.request('PATCH', `/api/v1/channels/${channel.id}`, { as: owner, body: { quiet: null } });
  await delivered(2);
  expect(JSON.parse(receiver.received[1]!.text)).toMatchObject({ topic: 'digest', title: '3 messages that waited' });
  expect(await log('folded')).toHaveLength(waiting.length - 1);
});

test('each has a bell of one’s own: it rings as it happens, counts, and is read', async () => {
  const viewer = await box.user('viewer');
  const leaving = new AbortController();
  const response = await fetch(`${box.url}/api/v1/notifications/stream`, { headers: { Authorization: `Bearer ${owner.token}` }, signal: leaving.signal });
  let heard = '';
  const reading = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) heard += chunk;
  })().catch(() => undefined);
  await waitFor(() => heard.includes('"unread":0'), { what: 'the first state' });
  await notify(box.database.db, { topic: 'incident.opened', severity: 'warning', title: { en: 'Warm.' } });
  await waitFor(() => heard.includes('"unread":1'), { what: 'the bell' });
  leaving.abort();
  await reading;
  const { body } = await box.request('GET', '/api/v1/notifications', { as: owner });
  expect(body).toMatchObject({ unread: 1, items: [{ title: { en: 'Warm.' }, readAt: null }] });
  expect((await box.request('GET', '/api/v1/notifications', { as: viewer })).body).toMatchObject({ unread: 0, items: [] });
  expect((await box.request('POST', '/api/v1/notifications/read', { as: owner, body: {} })).status).toBe(204);
  expect((await box.request('GET', '/api/v1/notifications', { as: owner })).body.unread).toBe(0);
});

test('one sees and prefers for oneself; where a channel leads is for administrators', async () => {
  const anna = await box.user('user');
  const { channel: mine } = await add({ userId: anna.id, target: { kind: 'email', address: 'anna@example.org' } });
  const { channel: others } = await add({ target: { kind: 'email', address: 'owner@example.org' } });
  expect((await box.request('GET', '/api/v1/channels', { as: anna })).body.items.map(({ id }: { id: string }) => id)).toEqual([mine.id]);
  const patch = (id: string, body: unknown) => box.request('PATCH', `/api/v1/channels/${id}`, { as: anna, body });
  expect((await patch(mine.id, { minSeverity: 'critical', language: 'de' })).body).toMatchObject({ minSeverity: 'critical', language: 'de' });
  expect((await patch(mine.id, { address: 'x@example.org' })).status).toBe(403);
  expect((await patch(others.id, { minSeverity: 'info' })).status).toBe(404);
  expect((await patch(randomUUID(), { minSeverity: 'info' })).status).toBe(404);
  expect((await patch(mine.id, { timeZone: 'Mars/Base' })).status).toBe(422);
});

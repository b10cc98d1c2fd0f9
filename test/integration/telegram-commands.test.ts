import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ServiceGroup } from '#kit';
import { toAnswer } from '../../services/telegram-bot/asking.ts';
import { startLlmQueue } from '../support/asking.ts';
import { startBotApi, type BotApi } from '../support/bot-api.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing } from '../support/indexing.ts';
import { startScriptedRuntime, type ScriptedRuntime } from '../support/scripted-runtime.ts';
import { pairChat, startTelegramBot } from '../support/telegram-bot.ts';
import { waitFor } from '../support/wait.ts';

const [OWNER, USER, VIEWER, STRANGER] = [900_300, 900_301, 900_302, 667];

let api: BotApi;
let runtime: ScriptedRuntime;
let box: Box;
let owner: Person;
let user: Person;
let queue: { stop(): Promise<void> };
let bot: ServiceGroup;

const to = (method: string, chat: number) => api.sent(method).filter(({ chat_id: id }) => Number(id) === chat);
const said = (chat: number, part: string) => waitFor(() => to('sendMessage', chat).find(({ text }) => text?.includes(part)), { what: `“${part}”` });
const edited = (chat: number, part: string) =>
  waitFor(() => to('editMessageText', chat).find(({ text }) => text.includes(part)), { what: `an edit with “${part}”` });

beforeAll(async () => {
  api = await startBotApi();
  runtime = await startScriptedRuntime();
  box = await startBox({ runtime: { url: runtime.url, token: '' }, env: { ARASUL_TELEGRAM_API: api.url } });
  queue = await startLlmQueue(box, runtime.url);
  owner = await box.owner();
  bot = await startTelegramBot(box, api, owner);
  user = await box.user('user');
  for (const [chat, as, language] of [
    [OWNER, owner, 'en'],
    [USER, user, 'de'],
    [VIEWER, await box.user('viewer'), 'en'],
  ] as const) {
    await pairChat(box, api, { as, chat, language });
  }
});
afterAll(async () => {
  await bot.stop();
  await queue.stop();
  await api.stop();
  await runtime.stop();
  await box.stop();
});

test('A13 /ask goes the way of the chat: in line, as that person’s conversation, with the answer in one message', async () => {
  api.write(USER, '/ask');
  await said(USER, 'Schreiben Sie die Frage dahinter');
  api.write(USER, '/ask Wann ist die Rechnung fällig?');
  const { text } = await waitFor(() => to('editMessageText', USER).at(-1), { what: 'the answer' });
  await waitFor(async () => (await box.rows('llm_jobs'))[0]?.finished_at !== null, { what: 'the end of the job' });
  const [job] = await box.rows('llm_jobs');
  const { body } = await box.request('GET', `/api/v1/conversations/${String(job!.conversation_id)}/messages`, { as: user });
  expect(body.items.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant']);
  expect(text).toContain(body.items[1].content.slice(0, 40));
  expect(job!.prompt).toBe('Wann ist die Rechnung fällig?');
});

test('A13 sources of an answer stand under it with their pages, as links where the box’s address is known', () => {
  const id = '00000000-0000-7000-8000-000000000001';
  const citations = [{ marker: 1, documentId: id, filename: 'a<b>.pdf', page: 3, passageId: id, boxes: [], quote: 'q', support: 1 }];
  expect(toAnswer({ content: 'x < y [1]', citations }, 'S.', null)).toBe('x &lt; y [1]\n\n[1] a&lt;b&gt;.pdf, S. 3');
  expect(toAnswer({ content: 'x', citations }, 'p.', 'https://box.example')).toContain(
    `<a href="https://box.example/documents/${id}?page=3&amp;passage=${id}">`,
  );
});

test('A13 a file that is sent becomes that person’s document; what is too large or of no known kind is refused in words', async () => {
  api.write(USER, '/documents');
  await said(USER, 'Sie haben noch keine Dokumente');
  api.sendFile(USER, 'notiz.txt', Buffer.from('Die Rechnung ist am 3. Mai fällig.'));
  await said(USER, 'notiz.txt: aufgenommen');
  const [document] = await box.rows('documents', { filename: 'notiz.txt' });
  const [account] = await box.rows('admin_users', { username: user.username });
  expect(document).toMatchObject({ owner_id: account!.id, status: 'pending', mime_type: 'text/plain' });
  await edited(USER, '0 % gelesen');
  const indexing = await startIndexing(box);
  await edited(USER, '✅ notiz.txt');
  api.write(USER, '/documents');
  await said(USER, '• notiz.txt – fertig');
  api.sendFile(USER, 'film.mp4', Buffer.from('x'), { size: 30 * 2 ** 20 });
  await said(USER, 'Dateien bis 20 MB');
  api.sendFile(USER, 'programm.exe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600)]));
  await said(USER, 'programm.exe wurde nicht aufgenommen');
  expect(await box.rows('documents', { owner_id: account!.id })).toHaveLength(1);
  // Somebody else's document with the same content tells neither its name nor its words.
  const secret = 'Das Gehalt der Leitung steigt im Mai um neun Prozent.';
  const folder = (await box.request('GET', '/api/v1/folders', { as: owner })).body.items.find(({ kind }: { kind: string }) => kind !== 'shared');
  const theirs = await box.request('POST', `/api/v1/documents?filename=geheim.txt&folderId=${folder.id}`, {
    as: owner,
    body: secret,
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  expect(theirs.status).toBe(201);
  api.sendFile(USER, 'gleich.txt', Buffer.from(secret));
  await edited(USER, '✅ gleich.txt');
  expect(JSON.stringify([to('sendMessage', USER), to('editMessageText', USER)])).not.toContain('geheim');
  await indexing.stop();
}, 60_000);

test('A13 a backup begins after two words of an administrator; others are refused, by the command and by the button', async () => {
  api.write(OWNER, '/backup');
  await said(OWNER, 'No place for backups');
  const folder = await mkdtemp(join(tmpdir(), 'arasul-telegram-'));
  const made = await box.request('POST', '/api/v1/backups/targets', { as: owner, body: { name: 'Stick', folder } });
  expect(made.status).toBe(201);
  api.write(OWNER, '/backup');
  expect((await said(OWNER, 'No backup was proven')).reply_markup.inline_keyboard[0][0].callback_data).toBe('backup:ask');
  api.press(OWNER, 'backup:ask');
  await said(OWNER, 'Begin a backup now?');
  expect(await box.rows('backup_runs')).toEqual([]);
  api.write(USER, '/backup');
  await said(USER, 'Das dürfen nur Administratoren.');
  api.press(USER, 'backup:sure');
  await waitFor(() => api.sent('answerCallbackQuery').some(({ text }) => text === 'Das dürfen nur Administratoren.'), { what: 'the refusal' });
  expect(await box.rows('backup_runs')).toEqual([]);
  api.press(OWNER, 'backup:sure', { id: 'twice' });
  api.press(OWNER, 'backup:sure', { id: 'twice' });
  api.press(OWNER, 'backup:sure');
  await waitFor(() => api.unconfirmed() === 0, { what: 'all presses' });
  expect(await box.rows('backup_runs')).toMatchObject([{ kind: 'backup', reason: 'person', requested_by: 'owner', state: 'waiting' }]);
  await rm(folder, { recursive: true });
});

test('A13 who may only look neither asks nor adds; a stranger gets nothing, and one line in the audit log', async () => {
  const before = [(await box.rows('llm_jobs')).length, (await box.rows('documents')).length];
  api.write(VIEWER, '/ask What is it?');
  await said(VIEWER, 'Your account may look');
  api.sendFile(VIEWER, 'a.txt', Buffer.from('a'));
  await waitFor(() => to('sendMessage', VIEWER).filter(({ text }) => text.includes('Your account may look')).length === 2, { what: 'the second refusal' });
  for (const words of ['/ask What?', '/documents', '/backup', '/status']) api.write(STRANGER, words);
  api.sendFile(STRANGER, 'a.txt', Buffer.from('a'));
  api.press(STRANGER, 'backup:sure');
  await waitFor(() => api.unconfirmed() === 0, { what: 'all of it' });
  expect(api.calls.filter(({ params }) => Number(params.chat_id) === STRANGER)).toEqual([]);
  expect([(await box.rows('llm_jobs')).length, (await box.rows('documents')).length]).toEqual(before);
  expect(await box.rows('audit_log', { action: 'telegram.stranger' })).toHaveLength(1);
  expect(await box.rows('telegram_state')).toMatchObject([{ strangers: 6 }]);
});

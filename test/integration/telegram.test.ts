import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceGroup, silentLogger, type ServiceGroup } from '#kit';
import { splitText } from '#clients';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { service as telegramBot } from '../../services/telegram-bot/main.ts';
import { BOT_TOKEN, startBotApi, type BotApi } from '../support/bot-api.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { waitFor } from '../support/wait.ts';

const CHAT = 900_100;
const STRANGER = 666;

let api: BotApi;
let box: Box;
let owner: Person;
let bot: ServiceGroup;
const logged: string[] = [];
const log = {
  ...silentLogger,
  warn: (...all: unknown[]) => void logged.push(JSON.stringify(all)),
  error: (...all: unknown[]) => void logged.push(String(all)),
};

const startBot = async (): Promise<ServiceGroup> => {
  const group = createServiceGroup({
    env: {
      ARASUL_DATA_DIR: box.dataDir,
      ARASUL_DATABASE_URL: box.database.url,
      ARASUL_TELEGRAM_API: api.url,
      ARASUL_TELEGRAM_POLL_S: '1',
      ARASUL_DELIVERY_PAUSE_MS: '50',
    },
    logFor: () => log as typeof silentLogger,
  });
  await group.start(telegramBot);
  return group;
};

beforeAll(async () => {
  api = await startBotApi();
  box = await startBox({ env: { ARASUL_TELEGRAM_API: api.url } });
  owner = await box.owner();
  bot = await startBot();
});
afterAll(async () => {
  await bot.stop();
  await api.stop();
  await box.stop();
});

const put = (body: unknown) => box.request('PUT', '/api/v1/telegram', { as: owner, body });
const texts = () => [...api.sent('sendMessage').map(({ text }) => text as string), ...api.sent('sendPhoto').map(({ caption }) => caption as string)];
const says = (part: string) => waitFor(() => texts().some((text) => text?.includes(part)), { what: `“${part}”` });

test('A13 a token is checked at once, kept encrypted with its own iv and tag, and never shown', async () => {
  const wrong = '4711:AAE-this-is-not-the-token-of-the-bot';
  const refused = await put({ token: wrong });
  expect(refused).toMatchObject({ status: 422, body: { error: { details: { path: 'token' } } } });
  expect(JSON.stringify(refused.body)).not.toContain(wrong);
  api.fail('getMe', 'cut');
  const away = await put({ token: BOT_TOKEN });
  expect(away.status).toBe(503);
  expect(JSON.stringify(away.body)).not.toContain('AAE');
  const { status, body } = await put({ token: BOT_TOKEN });
  expect(status).toBe(200);
  expect(body).toMatchObject({ configured: true, enabled: true, botUsername: 'my_box_bot', people: [] });
  expect(JSON.stringify(body)).not.toContain('AAE');
  const [row] = await box.rows('telegram_config');
  expect(JSON.stringify(row)).not.toContain(BOT_TOKEN.slice(5));
  expect(Buffer.from(row!.bot_token_iv as string, 'base64url')).toHaveLength(12);
  expect(Buffer.from(row!.bot_token_tag as string, 'base64url')).toHaveLength(16);
  await put({ token: BOT_TOKEN });
  expect((await box.rows('telegram_config'))[0]!.bot_token_iv).not.toBe(row!.bot_token_iv);
  expect(JSON.stringify(await box.rows('audit_log'))).not.toContain('AAE');
});

test('a stranger gets nothing but a count; a code pairs a person once', async () => {
  api.write(STRANGER, '/status');
  api.write(STRANGER, '/start AAAAAAAAAA');
  await waitFor(async () => (await box.request('GET', '/api/v1/telegram', { as: owner })).body.strangers === 2, { what: 'two strangers' });
  expect(texts()).toEqual([]);
  const { code, link } = (await box.request('POST', '/api/v1/telegram/pairing', { as: owner, body: {} })).body;
  expect(link).toBe(`https://t.me/my_box_bot?start=${code}`);
  api.write(CHAT, `/start ${code}`);
  await says('You are owner here');
  api.write(STRANGER, `/start ${code}`);
  await waitFor(async () => (await box.rows('telegram_state'))[0]!.strangers === 3, { what: 'the code to be refused' });
  expect((await box.request('GET', '/api/v1/telegram', { as: owner })).body.people).toMatchObject([{ username: 'owner', role: 'owner', name: 'Anna' }]);
  await waitFor(() => api.sent('setMyCommands').length >= 2, { what: 'the commands' });
});

test('an incident is one message with buttons; it is edited as it changes, and its end answers it', async () => {
  let now = Date.now();
  const engine = createEngine({ database: box.database, stateFile: null, clock: { now: () => now }, log: silentLogger });
  const run = async (value: number, steps: number) => {
    for (let step = 0; step < steps; step += 1, now += 5_000) await engine.tick(new Map([['metric.disk', [{ device: '/<a&b>', value }]]]));
  };
  api.fail('sendMessage', { status: 502, text: '<html>Bad Gateway</html>' }, 'cut', { status: 429, retryAfter: 1 });
  await run(97, 20);
  const told = await waitFor(
    () =>
      api
        .sent('sendMessage')
        .filter(({ reply_markup }) => reply_markup?.inline_keyboard?.length === 2)
        .at(-1),
    { what: 'the alert' },
  );
  expect(told.text).toContain('/&lt;a&amp;b&gt;');
  const take = told.reply_markup.inline_keyboard[0][0].callback_data as string;
  const [incident] = await box.rows('incidents');
  expect(take).toBe(`take:${incident!.id}`);
  await waitFor(async () => (await box.rows('notification_deliveries', { status: 'delivered' })).length >= 2, { what: 'the delivery' });

  api.press(CHAT, take, { id: 'same' });
  api.press(CHAT, take, { id: 'same' });
  api.press(STRANGER, `hour:${incident!.id}`);
  await waitFor(() => api.sent('editMessageText').some(({ text }) => text.includes('owner has it.')), { what: 'the edit' });
  api.press(CHAT, `hour:${incident!.id}`, { id: 'hush' });
  api.press(CHAT, `hour:${incident!.id}`, { id: 'hush' });
  await waitFor(() => api.unconfirmed() === 0, { what: 'all presses to be dealt with' });
  expect(await box.rows('incidents', { id: incident!.id })).toMatchObject([{ state: 'acknowledged', acknowledged_by: 'owner' }]);
  expect((await box.rows('incident_events', { incident_id: incident!.id, event: 'acknowledged' })).length).toBe(1);
  expect((await box.rows('alert_silences')).length).toBe(1);
  await box.database.db.deleteFrom('alert_silences').execute();
  engine.reload();

  await run(20, 40);
  await waitFor(() => api.sent('editMessageText').some(({ text }) => text.includes('✅')), { what: 'the message to show the end' });
  const end = await waitFor(() => api.sent('sendMessage').find(({ text }) => text.includes('Over: ')), { what: 'the recovery' });
  const refs = (await box.rows('notification_deliveries')).flatMap(({ message_ref }) => (message_ref === null ? [] : [Number(message_ref)]));
  expect(Number(end.reply_parameters.message_id)).toBe(Math.min(...refs));
});

test('commands answer in words and with a picture; what only administrators may do is refused to others', async () => {
  const at = Date.now();
  await sql`create table metrics_cpu_test partition of metrics_cpu default`.execute(box.database.db);
  for (let minute = 0; minute < 10; minute += 1) {
    await box.database.db
      .insertInto('metrics_cpu')
      .values({ timestamp: new Date(at - minute * 60_000), value: 20 + minute })
      .execute();
  }
  api.write(CHAT, '/status');
  await waitFor(() => api.sent('sendPhoto').length === 1, { what: 'the picture' });
  await says('Documents:');
  const viewer = await box.user('viewer');
  const { code } = (await box.request('POST', '/api/v1/telegram/pairing', { as: viewer, body: {} })).body;
  api.write(CHAT + 1, `/start ${code}`, { language: 'de' });
  await says(`Sie sind hier ${viewer.username}`);
  api.write(CHAT + 1, '/silence');
  await says('Das dürfen nur Administratoren.');
  expect(await box.rows('alert_silences')).toEqual([]);
});

test('what was written while the bot was away is answered once it is back, and nothing twice', async () => {
  await bot.stop();
  const before = texts().filter((text) => text?.includes('/alerts')).length;
  api.write(CHAT, '/help');
  api.fail('getUpdates', { status: 409 }, { status: 502, text: 'Bad Gateway' }, 'cut');
  bot = await startBot();
  await waitFor(() => texts().filter((text) => text?.includes('/alerts')).length === before + 1, { what: 'the answer' });
  await waitFor(() => api.unconfirmed() === 0, { what: 'the update to be confirmed' });
  await bot.stop();
  bot = await startBot();
  api.write(CHAT, '/queue');
  await says('0 running, 0 waiting.');
  expect(texts().filter((text) => text?.includes('/alerts'))).toHaveLength(before + 1);
  expect(logged.join('\n')).not.toContain(BOT_TOKEN.slice(5));
});

test('a long text is cut between paragraphs, else words, and nothing of it is lost', () => {
  const text = Array.from({ length: 30 }, (_, each) => `Paragraph ${each} ${'word '.repeat(60)}`.trim()).join('\n\n');
  const parts = splitText(text, 1_000);
  expect(parts.every((part) => part.length <= 1_000 && part.startsWith('Paragraph'))).toBe(true);
  expect(parts.join('\n\n')).toBe(text);
});

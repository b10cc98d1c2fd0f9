import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLauncherControl } from '#clients';
import { defaultSettings, type Settings } from '#contracts';
import { silentLogger, systemClock, type ServiceGroup } from '#kit';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { createBox, type Box as Launched } from '../../services/launcher/box.ts';
import { openControl } from '../../services/launcher/control.ts';
import type { Part } from '../../services/launcher/part.ts';
import { openStateFile } from '../../services/launcher/state.ts';
import { processDown } from '../../services/self-healing/checks/process-down.ts';
import { fixups } from '../../services/self-healing/fixups/index.ts';
import { startHealer, type Healer } from '../../services/self-healing/healer.ts';
import { startBotApi, type BotApi, type BotCall } from '../support/bot-api.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { quietLauncher } from '../support/quiet-launcher.ts';
import { pairChat, startTelegramBot } from '../support/telegram-bot.ts';
import { waitFor } from '../support/wait.ts';

// Real: the rows, the launcher's supervision and its socket and state file, the rules' engine, self-healing, the bot. A double: Telegram, and the known question.

const CHAT = 900_200;
const VIEWER = 900_201;

/** A process that the launcher supervises; while `broken` its starts fail. */
const part = { broken: false, pid: 0 };
const worker: Part = {
  name: 'worker',
  services: ['worker'],
  start() {
    if (part.broken) return Promise.reject(new Error('worker stopped: its disk is away'));
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    part.pid = child.pid!;
    const exited = new Promise<string>((resolve) => child.once('exit', (_code, signal) => resolve(`was ended by ${signal}`)));
    return Promise.resolve({
      pid: child.pid!,
      exited,
      async stop() {
        child.kill('SIGKILL');
        await exited;
      },
      heardAt: () => null,
      vitals: () => null,
    });
  },
};

let api: BotApi;
let box: Box;
let owner: Person;
let bot: ServiceGroup;
let launched: Launched;
let door: { close(): Promise<void> };
let healer: Healer;
let engine: ReturnType<typeof createEngine>;
let now = Date.now();
const settings: Settings = structuredClone(defaultSettings);
// A repair waits for a person's word, so that it is the button that heals.
settings.healing.repairs = 'ask';

beforeAll(async () => {
  api = await startBotApi();
  box = await startBox({ env: { ARASUL_TELEGRAM_API: api.url } });
  owner = await box.owner();
  const stateFile = join(box.dataDir, 'state.json');
  const startedAt = new Date().toISOString();
  launched = createBox({
    state: openStateFile(stateFile, { version: '1.0.0', pid: process.pid, startedAt, port: 1, addresses: [] }),
    ...quietLauncher,
  });
  await launched.start(worker);
  const socket = join(box.dataDir, 'control.sock');
  door = await openControl({ box: launched, onHealerBeat: () => undefined, socket });
  const control = createLauncherControl(socket);
  healer = startHealer({
    needs: {
      database: box.database,
      control,
      held: () => Promise.resolve(new Set()),
      runtime: { models: () => Promise.resolve([]) },
      runtimeTarget: () => ({ url: 'http://127.0.0.1:9', dialect: 'arasul' }),
      retriever: null,
      canary: () =>
        Promise.resolve({
          ok: true,
          question: 'q',
          expected: '41 minutes',
          cited: 'needs 41 minutes',
          page: 1,
          tookMs: 5,
          answeredBy: 'passages',
          reason: null,
        }),
      askModel: () => Promise.resolve(1),
      settings: () => settings,
      dataDir: box.dataDir,
      url: box.url,
      clock: systemClock,
      log: silentLogger,
    },
    database: box.database,
    notifier: box.database.notifier(),
    control,
    firstPauseMs: 5,
    clock: systemClock,
    log: silentLogger,
    checks: [{ ...processDown, everyMs: 200, after: 2 }],
    fixups,
  });
  engine = createEngine({ database: box.database, stateFile, clock: { now: () => now }, log: silentLogger });
  bot = await startTelegramBot(box, api, owner);
  await pairChat(box, api, { as: owner, chat: CHAT, language: 'de' });
  await pairChat(box, api, { as: await box.user('viewer'), chat: VIEWER, language: 'en' });
});
afterAll(async () => {
  await bot.stop();
  await healer.stop();
  await door.close();
  await launched.stop();
  await api.stop();
  await box.stop();
});

/** Looks of the rules' engine, five seconds apart by its own clock. */
const looks = async (count: number): Promise<void> => {
  for (let look = 0; look < count; look += 1, now += 5_000) await engine.tick();
};
const to = (method: string, chat = CHAT): BotCall['params'][] => api.sent(method).filter(({ chat_id: id }) => Number(id) === chat);
const edited = (words: string) => waitFor(() => to('editMessageText').find(({ text }) => text.includes(words)), { what: `an edit with “${words}”` });
const labels = ({ reply_markup: markup }: BotCall['params']): string[] => markup.inline_keyboard.flat().map(({ text }: { text: string }) => text);
const dataOf = ({ reply_markup: markup }: BotCall['params'], what: string): string =>
  markup.inline_keyboard.flat().find(({ callback_data: data }: { callback_data: string }) => data.startsWith(`${what}:`))?.callback_data;

test('A8 A13 a part that dies is one incident and one message; its buttons take it and repair it; what healed it, with proof, ends it', async () => {
  await looks(2);
  part.broken = true;
  process.kill(part.pid, 'SIGKILL');
  await waitFor(() => launched.parts()[0]!.state === 'restarting', { what: 'the part to be away' });
  await waitFor(async () => (await box.rows('healing_repairs', { status: 'waiting' })).length === 1, { what: 'the suggestion' });
  await looks(5);
  expect(await box.rows('incidents')).toMatchObject([{ state: 'open', severity: 'critical', device: 'worker' }]);
  const told = await waitFor(() => to('sendMessage').find(({ reply_markup: markup }) => markup !== undefined), { what: 'the message' });
  expect(told.text).toContain('Der Dienst worker läuft nicht.');
  expect(told.text).toContain('Neu starten: wartet auf Ihr Wort');
  expect(labels(told)).toEqual(['Übernehmen', '1 h Ruhe', 'Bis morgen', 'Details', '🔧 Neu starten']);

  // Who may only look gets the message, and cannot press.
  api.press(VIEWER, dataOf(told, 'sure') ?? dataOf(told, 'repair'), { id: 'viewer' });
  await waitFor(() => api.sent('answerCallbackQuery').some(({ text }) => text === 'Only administrators may do that.'), { what: 'the refusal' });

  api.press(CHAT, dataOf(told, 'take'));
  const taken = await edited('owner hat es übernommen.');
  expect(labels(taken)).not.toContain('Übernehmen');

  api.press(CHAT, dataOf(told, 'repair'));
  const asked = await waitFor(() => to('sendMessage').find(({ text }) => text.startsWith('Jetzt reparieren?')), { what: 'the question whether one is sure' });
  expect(asked.text).toContain('Startet den Teil neu');
  part.broken = false;
  api.press(CHAT, dataOf(asked, 'sure'));
  await waitFor(async () => (await box.rows('healing_repairs', { status: 'proven' })).length === 1, { what: 'the proof', timeoutMs: 15_000 });
  expect((await box.rows('healing_repairs'))[0]).toMatchObject({
    fixup: 'service.restart',
    asked_by: 'owner',
    proof: { ok: true, canary: 'needs 41 minutes' },
  });
  await edited('Neu starten: getan und bewiesen');

  await looks(4);
  const end = await waitFor(() => to('sendMessage').find(({ text }) => text.includes('Vorbei: ')), { what: 'the recovery' });
  expect(end.text).toMatch(/Dauer: \d+ (s|Sekunden|min|Minuten)/);
  expect(end.text).toContain('Behoben durch: Neu starten.');
  const last = await edited('✅');
  expect(last.text).toMatch(/Vorbei nach \d+/);
  expect(labels(last)).toEqual([]);
  expect(Number(last.message_id)).toBe(end.reply_parameters.message_id);
  expect(await box.rows('incidents')).toMatchObject([{ state: 'resolved', healed_by: 'service.restart' }]);
  expect(to('sendMessage').filter(({ text }) => text.includes('Der Dienst worker')).length).toBe(2);
});

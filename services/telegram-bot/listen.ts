import { findTelegram } from '#alerts';
import { askTelegram, DeliveryFailed, telegramCode, toTelegramFailure, type Telegram } from '#clients';
import type { Database, Notifier } from '#db';
import { errorText, exponentialBackoffMs, type Clock, type Logger, type SecretBox } from '#kit';
import { botRepository } from './bot.repository.ts';
import type { Talk } from './talk.ts';
import { botWords } from './words.ts';

const BACKOFF = { firstMs: 1_000, maxMs: 60_000 };
/** Without a bot, or should a signal be missed, the set-up is looked at this often. */
const LOOK_EVERY_MS = 10_000;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'subscribe'>;
  secrets: SecretBox;
  apiRoot: string;
  pollSeconds: number;
  backoff?: { firstMs: number; maxMs: number };
  talk: Talk;
  clock: Clock;
  log: Logger;
}

/**
 * Fetches updates one after the other. The number of the next is stored when one was dealt with, so that a restart loses none; one that was
 * dealt with in the moment of a kill comes again, and what it did is not done twice (`telegram_updates`).
 */
export const startListening = ({ database, notifier, secrets, apiRoot, pollSeconds, backoff = BACKOFF, talk, clock, log }: Needs) => {
  const { db } = database;
  const stopping = new AbortController();
  let round = new AbortController();
  let complaint: string | null = null;

  const enabled = async (): Promise<boolean> => (await db.selectFrom('telegram_config').select('enabled').executeTakeFirst())?.enabled ?? false;

  const introduce = async (telegram: Telegram): Promise<void> => {
    for (const [language, { commands }] of Object.entries(botWords)) {
      const list = Object.entries(commands).map(([command, description]) => ({ command, description }));
      await askTelegram(() => telegram.setMyCommands({ commands: list, ...(language !== 'en' && { language_code: language }) }, round.signal));
    }
  };

  const fetchOnce = async (telegram: Telegram): Promise<void> => {
    const offset = await botRepository.offset(db);
    const updates = await telegram.getUpdates({ offset, timeout: pollSeconds, allowed_updates: ['message', 'callback_query'] }, round.signal);
    await botRepository.contact(db, null);
    for (const update of updates) {
      if (stopping.signal.aborted) return;
      await talk(telegram, update);
      await botRepository.moveOffset(db, update.update_id + 1);
    }
  };

  /** Until the set-up changes or the process ends. */
  const listen = async (telegram: Telegram): Promise<void> => {
    let failures = 0;
    let introduced = false;
    while (!round.signal.aborted) {
      try {
        if (!introduced) await introduce(telegram);
        introduced = true;
        await fetchOnce(telegram);
        failures = 0;
        complaint = null;
      } catch (error) {
        if (round.signal.aborted) return;
        failures += 1;
        const failure = toTelegramFailure(error);
        const text = telegramCode(error) === 409 ? 'Another program fetches this bot’s messages. Stop it, or give it a bot of its own.' : errorText(failure);
        if (complaint === null) log.warn({ reason: text }, 'Telegram is not heard; the next try follows');
        complaint = `Telegram is not heard: ${text}`;
        await botRepository.contact(db, text).catch(() => undefined);
        const asked = failure instanceof DeliveryFailed ? failure.retryAfterMs : null;
        await clock.sleep(asked ?? exponentialBackoffMs(failures, backoff), round.signal).catch(() => undefined);
      }
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      round = new AbortController();
      const end = (): void => round.abort();
      stopping.signal.addEventListener('abort', end, { once: true });
      try {
        await botRepository.purge(db);
        const telegram = (await enabled()) ? await findTelegram({ db, secrets, apiRoot }) : null;
        if (telegram) await listen(telegram);
        else {
          complaint = null;
          await clock.sleep(LOOK_EVERY_MS, round.signal).catch(() => undefined);
        }
      } catch (error) {
        complaint = errorText(error);
        await clock.sleep(LOOK_EVERY_MS, round.signal).catch(() => undefined);
      } finally {
        stopping.signal.removeEventListener('abort', end);
      }
    }
  };
  const off = notifier.subscribe('alerts.changed', ({ what }) => {
    if (what === 'telegram') round.abort();
  });
  const running = run();
  return {
    async stop(): Promise<void> {
      off();
      stopping.abort();
      await running;
    },
    complaint: () => complaint,
  };
};

import { findTelegram, toTelegramHtml, type DueChannel } from '#alerts';
import { askTelegram, DeliveryFailed, splitText, type Message, type Send } from '#clients';
import type { Database } from '#db';
import type { SecretBox } from '#kit';
import { findStanding, toAlert } from './alert-view.ts';
import { botRepository } from './bot.repository.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  secrets: SecretBox;
  apiRoot: string;
}

const NO_BOT = new DeliveryFailed('No Telegram bot is set up. Set one up under People and channels.', { retryAfterMs: 60_000 });

/** How a chat is told: an incident with its buttons, what follows it as answers to that message. */
export const createTelegramSenders =
  ({ database: { db }, secrets, apiRoot }: Needs) =>
  async (channel: DueChannel): Promise<Send> => {
    const telegram = await findTelegram({ db, secrets, apiRoot });
    if (!telegram) throw NO_BOT;
    const chatId = Number(channel.address);
    return async (message: Message, signal) => {
      const { incidentId } = message;
      const thread = incidentId === null ? undefined : await botRepository.threadOf(db, channel.id, incidentId);
      const incident = incidentId === null || thread !== undefined ? undefined : await botRepository.findIncident(db, incidentId);
      const replyTo = thread === undefined ? {} : { reply_parameters: { message_id: thread, allow_sending_without_reply: true } };
      if (incident) {
        const { text, keyboard } = toAlert(incident, await findStanding(db, incident), channel.language, channel.time_zone);
        const sent = await askTelegram(() => telegram.sendMessage({ chat_id: chatId, text, parse_mode: 'HTML', reply_markup: keyboard }, signal));
        return String(sent.message_id);
      }
      let first: number | undefined;
      for (const text of splitText(toTelegramHtml(message))) {
        const sent = await askTelegram(() => telegram.sendMessage({ chat_id: chatId, text, parse_mode: 'HTML', ...replyTo }, signal));
        first ??= sent.message_id;
      }
      return String(first);
    };
  };

/** Edits the messages of incidents that changed, so that each shows how things are now. */
export const createKeeper = ({ database: { db }, secrets, apiRoot }: Needs) => {
  return async (signal: AbortSignal): Promise<void> => {
    const stale = await botRepository.stale(db);
    if (stale.length === 0) return;
    const telegram = await findTelegram({ db, secrets, apiRoot });
    if (!telegram) return;
    for (const { id, incidentId, chatId, ref, shown, language, timeZone } of stale) {
      const incident = await botRepository.findIncident(db, incidentId);
      if (!incident) continue;
      const alert = toAlert(incident, await findStanding(db, incident), language, timeZone);
      if (alert.shown === shown) continue;
      try {
        await askTelegram(() =>
          telegram.editMessageText(
            { chat_id: Number(chatId), message_id: Number(ref), text: alert.text, parse_mode: 'HTML', reply_markup: alert.keyboard },
            signal,
          ),
        );
      } catch (error) {
        // "Not modified", or a message that the person deleted: nothing is left to edit. Anything else is tried at the next look.
        if (!(error instanceof DeliveryFailed) || !error.permanent) throw error;
      }
      await botRepository.showed(db, id, alert.shown);
    }
  };
};

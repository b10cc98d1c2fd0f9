import { askTelegram, DeliveryFailed, splitText, TelegramFile, type Telegram, type TelegramUpdate } from '#clients';
import type { Database } from '#db';
import type { Logger } from '#kit';
import type { Answers, Reply } from './answers.ts';
import type { Asking } from './asking.ts';
import { botRepository } from './bot.repository.ts';
import type { Incoming } from './incoming.ts';
import { botWords } from './words.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  answers: Answers;
  asking: Asking;
  incoming: Incoming;
  log: Logger;
}

/** A caption holds less than a message. */
const MOST_CAPTION = 1_000;

/** Answers one update. Who was not paired gets nothing, and is counted. */
export const createTalk = ({ database, answers, asking, incoming, log }: Needs) => {
  const { db } = database;

  const say = async (telegram: Telegram, chatId: number, { text, keyboard, picture }: Reply, replyTo?: number): Promise<void> => {
    const thread = replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } };
    const withPicture = picture !== null && picture !== undefined;
    if (withPicture && text.length <= MOST_CAPTION) {
      const photo = new TelegramFile(new Uint8Array(picture), { filename: 'chart.png', contentType: 'image/png' });
      await askTelegram(() => telegram.sendPhoto({ chat_id: chatId, photo, caption: text, parse_mode: 'HTML', ...thread }));
      return;
    }
    for (const part of splitText(text)) {
      await askTelegram(() =>
        telegram.sendMessage({ chat_id: chatId, text: part, parse_mode: 'HTML', ...(keyboard && { reply_markup: keyboard }), ...thread }),
      );
    }
  };

  const onMessage = async (telegram: Telegram, message: Extract<TelegramUpdate, { message: unknown }>['message']): Promise<void> => {
    // A group would show everybody what one person may see.
    if (message.chat.type !== 'private') return botRepository.countStranger(db);
    const chatId = message.chat.id;
    const [, command = '', rest = ''] = /^\/(\w+)(?:@\w+)?\s*([\s\S]*)$/.exec(message.text ?? '') ?? [];
    const language = message.from?.language_code?.startsWith('de') ? 'de' : 'en';
    if (command === 'start' && rest !== '') {
      const name = [message.from?.first_name, message.from?.last_name].filter(Boolean).join(' ');
      const who = await database.inTransaction(async (tx) => {
        const paired = await botRepository.pair(tx, rest.trim(), chatId, name, language);
        if (paired) await botRepository.audit(tx, paired, 'telegram.paired', paired.username);
        return paired;
      });
      if (who) return say(telegram, chatId, { text: botWords[who.language].paired(who.username) });
    }
    const who = await botRepository.findPerson(db, chatId);
    if (!who) return botRepository.countStranger(db);
    const words = botWords[who.language];
    if (command === 'ask' || message.document) {
      // The same roles as on the dashboard: who may only look neither asks nor adds.
      if (who.role === 'viewer') return say(telegram, chatId, { text: words.onlyUsers });
      const key = `message:${chatId}:${message.message_id}`;
      if (message.document) return incoming.take(telegram, who, message.document, key);
      if (rest.trim() === '') return say(telegram, chatId, { text: words.askHow });
      return asking.ask(telegram, who, rest.trim(), key);
    }
    const reply = await answers.command(command === 'start' ? 'help' : command, who);
    await say(telegram, chatId, reply ?? { text: botWords[who.language].unknown });
  };

  const onButton = async (telegram: Telegram, query: Extract<TelegramUpdate, { callback_query: unknown }>['callback_query']): Promise<void> => {
    const who = await botRepository.findPerson(db, query.from.id);
    if (!who) return botRepository.countStranger(db);
    const { toast, reply } = await answers.press(`press:${query.id}`, query.data ?? '', who);
    // Telegram forgets a press after a while; what it did is done all the same.
    await askTelegram(() => telegram.answerCallbackQuery({ callback_query_id: query.id, ...(toast !== '' && { text: toast }) })).catch((error: unknown) => {
      if (!(error instanceof DeliveryFailed)) throw error;
    });
    if (reply) await say(telegram, who.chatId, reply, query.message?.message_id);
  };

  return async (telegram: Telegram, update: TelegramUpdate): Promise<void> => {
    try {
      if ('message' in update) await onMessage(telegram, update.message);
      else if ('callback_query' in update) await onButton(telegram, update.callback_query);
    } catch (error) {
      // The answer was lost; the next update is heard all the same. What the database did not take is tried again.
      if (!(error instanceof DeliveryFailed)) throw error;
      log.warn({ reason: error.message }, 'an answer did not reach Telegram');
    }
  };
};
export type Talk = ReturnType<typeof createTalk>;

import { askTelegram, createTelegram, DeliveryFailed, escapeHtml, type Message, type Send, type Telegram } from '#clients';
import type { Db } from '#db';
import { fromSealedParts, type SecretBox } from '#kit';
import { signOf } from './words.ts';

export const TELEGRAM_PURPOSE = 'telegram-bot-token';

interface Needs {
  db: Db;
  secrets: SecretBox;
  apiRoot: string;
}

/** The bot that was set up; null without one. Errors: `DeliveryFailed` for a token of another master key. */
export const findTelegram = async ({ db, secrets, apiRoot }: Needs): Promise<Telegram | null> => {
  const row = await db
    .selectFrom('telegram_config')
    .select(['bot_token_encrypted as encrypted', 'bot_token_iv as iv', 'bot_token_tag as tag'])
    .executeTakeFirst();
  if (!row || row.encrypted === null || row.iv === null || row.tag === null) return null;
  try {
    return createTelegram({ token: secrets.open(fromSealedParts(row as { encrypted: string; iv: string; tag: string }), TELEGRAM_PURPOSE), apiRoot });
  } catch {
    throw new DeliveryFailed('The stored bot token cannot be read with this box’s master key. Enter it again.');
  }
};

/** A message as Telegram shows it. */
export const toTelegramHtml = ({ topic, severity, title, body, link }: Pick<Message, 'topic' | 'severity' | 'title' | 'body' | 'link'>): string =>
  [
    `${signOf({ topic, severity })} <b>${escapeHtml(title)}</b>`,
    ...(body === null ? [] : [escapeHtml(body)]),
    ...(link === null ? [] : [`<a href="${escapeHtml(link).replaceAll('"', '&quot;')}">→</a>`]),
  ].join('\n');

/** Plain messages, without buttons: what the dashboard's test sends. */
export const createPlainTelegramSender =
  (needs: Needs) =>
  (address: string): Send =>
  async (message, signal) => {
    const telegram = await findTelegram(needs);
    if (!telegram) throw new DeliveryFailed('No Telegram bot is set up. Set one up under People and channels.');
    const sent = await askTelegram(() => telegram.sendMessage({ chat_id: Number(address), text: toTelegramHtml(message), parse_mode: 'HTML' }, signal));
    return String(sent.message_id);
  };

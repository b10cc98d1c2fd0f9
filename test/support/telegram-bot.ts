import { createServiceGroup, silentLogger, type ServiceGroup } from '#kit';
import { service as telegramBot } from '../../services/telegram-bot/main.ts';
import { BOT_TOKEN, type BotApi } from './bot-api.ts';
import type { Box, Person } from './box.ts';
import { waitFor } from './wait.ts';

/** The real bot of a box, set up by its owner against the Bot API's double. */
export const startTelegramBot = async (box: Box, api: BotApi, owner: Person): Promise<ServiceGroup> => {
  const bot = createServiceGroup({
    env: {
      ARASUL_DATA_DIR: box.dataDir,
      ARASUL_DATABASE_URL: box.database.url,
      ARASUL_TELEGRAM_API: api.url,
      ARASUL_TELEGRAM_POLL_S: '1',
      ARASUL_DELIVERY_PAUSE_MS: '50',
    },
    logFor: () => silentLogger,
  });
  await bot.start(telegramBot);
  await box.request('PUT', '/api/v1/telegram', { as: owner, body: { token: BOT_TOKEN } });
  return bot;
};

/** Pairs a person with a chat, as they do it: a code from the dashboard, sent to the bot. */
export const pairChat = async (box: Box, api: BotApi, { as, chat, language }: { as: Person; chat: number; language: string }): Promise<void> => {
  const { code } = (await box.request('POST', '/api/v1/telegram/pairing', { as, body: {} })).body;
  api.write(chat, `/start ${code}`, { language });
  await waitFor(() => api.sent('sendMessage').some(({ chat_id: to, text }) => Number(to) === chat && text.includes('/help')), { what: 'the pairing' });
};

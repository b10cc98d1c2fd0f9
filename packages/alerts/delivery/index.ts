export { quietUntil, type Quiet } from './quiet.ts';
export { planDeliveries } from './plan.ts';
export { channelPurpose, createSenders, MAIL_PURPOSE } from './senders.ts';
export { startDeliveryWorker } from './worker.ts';
export { inLanguage, signOf, toMessage, type Language } from './words.ts';
export type { DueChannel } from './outbox.repository.ts';
export { createPlainTelegramSender, findTelegram, TELEGRAM_PURPOSE, toTelegramHtml } from './telegram.ts';

import { z } from 'zod';
import { id, instant } from './common.ts';

/** What the dashboard knows of the bot; never its token. */
export const telegramView = z.object({
  configured: z.boolean(),
  enabled: z.boolean(),
  botUsername: z.string().nullable(),
  /** Where Telegram sends updates to; null: the box fetches them. */
  publicUrl: z.string().nullable(),
  lastContactAt: instant.nullable(),
  lastError: z.string().nullable(),
  strangers: z.number().int(),
  people: z.array(z.object({ channelId: id, username: z.string(), role: z.string(), name: z.string(), language: z.string() })),
});
export type TelegramView = z.infer<typeof telegramView>;

export const telegramPut = z.object({
  /** As BotFather gave it; left out: the one that is stored stays. */
  token: z
    .string()
    .trim()
    .regex(/^\d{3,20}:[A-Za-z0-9_-]{20,100}$/, 'A bot token looks like 123456789:AAE..., as BotFather shows it.')
    .optional(),
  enabled: z.boolean().optional(),
  publicUrl: z
    .union([z.literal(''), z.url({ protocol: /^https$/ })])
    .nullable()
    .optional(),
});
export type TelegramPut = z.infer<typeof telegramPut>;

/** Typed once in Telegram, to say who one is. */
export const pairingCode = z.object({ code: z.string(), expiresAt: instant, link: z.string().nullable() });
export type PairingCode = z.infer<typeof pairingCode>;
export const pairingRequest = z.object({ userId: id.optional() });

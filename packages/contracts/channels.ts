import { z } from 'zod';
import { severity, words } from './alert-rules.ts';
import { id, instant, pageQuery } from './common.ts';

export const channelKinds = ['telegram', 'email', 'webhook', 'ntfy', 'gotify', 'dashboard'] as const;
export const channelKind = z.enum(channelKinds);
export type ChannelKind = z.infer<typeof channelKind>;

const timeZone = z
  .string()
  .max(60)
  .refine((name) => {
    try {
      return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
    } catch {
      return false;
    }
  }, 'A time zone by its name, such as Europe/Berlin.');

/** `HH:MM`. */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of day, such as 22:30.');

const preferences = {
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean().default(true),
  minSeverity: severity.default('warning'),
  /** Beginnings of topics, such as `incident` or `backup`; null is everything. */
  topics: z.array(z.string().min(1).max(60)).max(20).nullable().default(null),
  quiet: z
    .object({ from: clockTime, until: clockTime, letsCritical: z.boolean().default(true) })
    .nullable()
    .default(null),
  timeZone: timeZone.default('UTC'),
  language: z.enum(['en', 'de']).default('en'),
  /** 0 is told at once, 1 after the escalation time without an acknowledgement, and so on. */
  escalationStep: z.number().int().min(0).max(9).default(0),
};

const url = z.url({ protocol: /^https?$/, error: 'An address that begins with http:// or https://.' }).max(500);

/** What must be known to use a channel; a secret goes in and never comes out. */
export const channelTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('email'), address: z.email() }),
  z.object({ kind: z.literal('webhook'), address: url, secret: z.string().min(8).max(200).optional() }),
  z.object({ kind: z.literal('ntfy'), address: url, secret: z.string().max(200).optional() }),
  z.object({ kind: z.literal('gotify'), address: url, secret: z.string().min(1).max(200) }),
]);
export type ChannelTarget = z.infer<typeof channelTarget>;

export const channelCreate = z.object({
  ...preferences,
  /** Whose it is, by the public id; left out: one's own. Null: another system, nobody's. */
  userId: id.nullable().optional(),
  target: channelTarget,
});
export type ChannelCreate = z.infer<typeof channelCreate>;

export const channelPatch = z.object({
  name: preferences.name.optional(),
  enabled: z.boolean().optional(),
  minSeverity: severity.optional(),
  topics: z.array(z.string().min(1).max(60)).max(20).nullable().optional(),
  quiet: z
    .object({ from: clockTime, until: clockTime, letsCritical: z.boolean().default(true) })
    .nullable()
    .optional(),
  timeZone: timeZone.optional(),
  language: z.enum(['en', 'de']).optional(),
  escalationStep: z.number().int().min(0).max(9).optional(),
  address: z.string().min(1).max(500).optional(),
  secret: z.string().min(1).max(200).optional(),
});
export type ChannelPatch = z.infer<typeof channelPatch>;

export const channelView = z.object({
  id,
  kind: channelKind,
  name: z.string(),
  address: z.string(),
  hasSecret: z.boolean(),
  user: z.object({ id, username: z.string() }).nullable(),
  enabled: z.boolean(),
  minSeverity: severity,
  topics: z.array(z.string()).nullable(),
  quiet: z.object({ from: z.string(), until: z.string(), letsCritical: z.boolean() }).nullable(),
  timeZone: z.string(),
  language: z.enum(['en', 'de']),
  escalationStep: z.number().int(),
  lastDeliveredAt: instant.nullable(),
  lastError: z.string().nullable(),
  /** Messages that wait for it. */
  waiting: z.number().int(),
});
export type ChannelView = z.infer<typeof channelView>;

/** A webhook's secret is shown once, when we made it. */
export const channelCreated = z.object({ channel: channelView, secret: z.string().nullable() });

export const channelTest = z.object({ ok: z.boolean(), tookMs: z.number().int(), error: z.string().nullable() });

/** The server that e-mail goes through. The password goes in and never comes out. */
export const mailServer = z.object({
  host: z.string().max(200),
  port: z.number().int().min(1).max(65_535),
  security: z.enum(['none', 'starttls', 'tls']),
  username: z.string().max(200),
  from: z.string().max(200),
  hasPassword: z.boolean(),
});
export type MailServer = z.infer<typeof mailServer>;
export const mailServerPut = mailServer.omit({ hasPassword: true }).extend({
  host: z.string().trim().min(1).max(200),
  from: z.email(),
  /** Left out: the password stays. Empty: there is none. */
  password: z.string().max(500).optional(),
});
export type MailServerPut = z.infer<typeof mailServerPut>;
export const mailServerAnswer = mailServer.nullable();

/** A message on its way to one channel. */
export const deliveryView = z.object({
  id,
  channel: z.object({ id, name: z.string(), kind: channelKind, username: z.string().nullable() }),
  topic: z.string(),
  severity,
  title: words,
  link: z.string().nullable(),
  status: z.enum(['pending', 'delivered', 'folded', 'dropped']),
  attempts: z.number().int(),
  error: z.string().nullable(),
  createdAt: instant,
  /** When it is tried next; null when it is settled. */
  dueAt: instant.nullable(),
  deliveredAt: instant.nullable(),
});
export type DeliveryView = z.infer<typeof deliveryView>;
export const deliveryQuery = pageQuery.extend({
  status: z.enum(['pending', 'delivered', 'folded', 'dropped']).optional(),
  channelId: id.optional(),
});
export type DeliveryQuery = z.infer<typeof deliveryQuery>;

/** Which messages of the bell were read; left out: all. */
export const notificationsRead = z.object({ ids: z.array(id).max(200).optional() });

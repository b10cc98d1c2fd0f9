import { z } from 'zod';

/** Signals between processes (Postgres NOTIFY). They say that something changed; the rows say what. */
export const channels = {
  'session.revoked': z.object({ jti: z.string() }),
  'user.changed': z.object({ userId: z.number().int() }),
  'settings.changed': z.object({ groups: z.array(z.string()) }),
  'job.appended': z.object({ jobId: z.string(), seq: z.number().int() }),
  'job.cancel': z.object({ jobId: z.string() }),
  'passages.added': z.object({ documentId: z.string() }),
  'passages.embedded': z.object({ documentId: z.string() }),
  'documents.changed': z.object({ documentId: z.string(), removed: z.boolean().optional() }),
  /** Who may see what has changed somewhere: a grant, a group, a folder. */
  'access.changed': z.object({}),
  /** Another embedding model's vectors are compared from now on. */
  'search.switched': z.object({ model: z.string() }),
  'models.changed': z.object({ modelId: z.string() }),
  'models.command': z.object({ modelId: z.string(), command: z.enum(['download', 'cancel', 'activate', 'remove']) }),
  /** Something for self-healing to look at now: a repair was asked for, a drill, a look at everything. */
  'healing.wake': z.object({ what: z.enum(['repair', 'drill', 'check', 'canary', 'hold']) }),
  /** An issue or a drill changed: pages that show it look again. */
  'healing.changed': z.object({ issueId: z.string().nullable() }),
  /** Something is in the outbox. */
  'notifications.added': z.object({ count: z.number().int() }),
  /** What was in the outbox lies with the channels: bells ring. */
  'notifications.spread': z.object({ count: z.number().int() }),
  /** Rules, silences, channels or an incident were changed by a person. */
  'alerts.changed': z.object({ what: z.enum(['rules', 'silences', 'channels', 'incident', 'thresholds', 'telegram']) }),
  'queue.wake': z.object({ queue: z.string() }),
} as const;

export type Channel = keyof typeof channels;
export type ChannelPayload<Name extends Channel> = z.infer<(typeof channels)[Name]>;

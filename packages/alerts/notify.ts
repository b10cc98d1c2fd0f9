import { sql } from 'kysely';
import type { Severity, Words } from '#contracts';
import type { Db } from '#db';

export interface Notification {
  /** `subject.past-tense`, such as `backup.failed`; people choose by its beginning. */
  topic: string;
  severity: Severity;
  /** What happened, in a line. */
  title: Words;
  /** What it means and what to do. */
  body?: Words;
  /** A page of the dashboard, such as `/documents/ID`. */
  link?: string;
  /** For one person alone (`admin_users.id`); left out: for everybody who wants the topic. */
  userId?: number;
  /** A second notification of this key is the first one. Name what happened and when, such as `backup:ID:failed`. */
  dedupeKey?: string;
  workspaceId?: string;
  incidentId?: string;
  escalationStep?: number;
  /** Facts for webhooks; must hold no secret. */
  details?: Record<string, unknown>;
}

/**
 * Tells people, by whatever way each of them chose: the product's one notifier. Writes a row of the outbox in `db`'s
 * transaction; it is kept until it was delivered. Returns the row's id, or null when its `dedupeKey` was told before.
 */
export const notify = async (db: Db, notification: Notification): Promise<string | null> => {
  const { topic, severity, title, body, link, userId, dedupeKey, workspaceId, incidentId, escalationStep = 0, details = {} } = notification;
  const row = await db
    .insertInto('notifications')
    .values({
      ...(workspaceId === undefined ? {} : { workspace_id: workspaceId }),
      topic,
      severity,
      title: JSON.stringify(title),
      body: body === undefined ? null : JSON.stringify(body),
      link: link ?? null,
      user_id: userId ?? null,
      incident_id: incidentId ?? null,
      escalation_step: escalationStep,
      details: JSON.stringify(details),
      dedupe_key: dedupeKey ?? null,
    })
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) return null;
  // The signal leaves with the transaction; who does not hear it looks every few seconds.
  await sql`select pg_notify('arasul', ${JSON.stringify({ c: 'notifications.added', p: { count: 1 } })})`.execute(db);
  return row.id;
};

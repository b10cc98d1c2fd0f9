import { sql } from 'kysely';
import type { Db } from '#db';

export interface AuditFilter {
  q?: string;
  action?: string;
  actor?: string;
  from?: string;
  to?: string;
}

/** Statements on `audit_log`. */
export const auditRepository = {
  insert: (db: Db, entry: { actor: string | null; action: string; subject: string | null; ipAddress: string | null; details: unknown }) =>
    db
      .insertInto('audit_log')
      .values({
        actor: entry.actor,
        action: entry.action,
        subject: entry.subject?.slice(0, 255) ?? null,
        ip_address: entry.ipAddress,
        details: entry.details === undefined ? null : JSON.stringify(entry.details),
      })
      .execute(),

  /** Entries, newest first; `after` is the last row of the page before. `action` may be a beginning, such as `user.`. */
  list: (db: Db, { q, action, actor, from, to }: AuditFilter, { after, limit }: { after?: [string, string]; limit: number }) =>
    db
      .selectFrom('audit_log')
      .selectAll()
      // Six digits of a second as text: a Date would lose the microseconds that the order has.
      .select(sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('at_exact'))
      .$if(action !== undefined, (query) =>
        query.where(({ eb }) => (action!.endsWith('.') ? eb(sql`starts_with(action, ${action!})`, '=', true) : eb('action', '=', action!))),
      )
      .$if(actor !== undefined, (query) => query.where(sql`lower(actor)`, '=', actor!.toLowerCase()))
      .$if(from !== undefined, (query) => query.where('at', '>=', new Date(from!)))
      .$if(to !== undefined, (query) => query.where('at', '<', new Date(to!)))
      .$if(q !== undefined && q !== '', (query) =>
        query.where(sql<boolean>`position(lower(${q!}) in lower(concat_ws(' ', actor, action, subject, host(ip_address), details::text))) > 0`),
      )
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(at, id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
};
export type AuditRepository = typeof auditRepository;

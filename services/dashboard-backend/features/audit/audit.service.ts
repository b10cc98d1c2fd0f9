import type { AuditEntry, PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database, type Db } from '#db';
import type { AuditFilter, AuditRepository } from './audit.repository.ts';

/** Who did it: a principal, the machine's own command line (`null` address), or nobody (`null`). */
export type Actor = { username: string; ipAddress: string | null } | null;

/** What every feature takes to write down an administrative act. */
export interface Audit {
  /**
   * Adds a line to the audit log, in the transaction of the act itself. `action` is `subject-kind.past-tense`;
   * `subject` names what it was done to; `details` must hold no secret.
   */
  record(db: Db, who: Actor, action: string, subject: string | null, details?: unknown): Promise<void>;
}

interface Needs {
  database: Pick<Database, 'db'>;
  repository: AuditRepository;
}

const EXPORT_BATCH = 1_000;

type Row = Awaited<ReturnType<AuditRepository['list']>>[number];

const toEntry = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  ipAddress: row.ip_address,
  details: row.details,
});

const keyOf = (row: Row): [string, string] => [row.at_exact, row.id];

export type AuditService = ReturnType<typeof createAuditService>;

export const createAuditService = ({ database, repository }: Needs) => ({
  async record(db: Db, who: Actor, action: string, subject: string | null, details?: unknown): Promise<void> {
    await repository.insert(db, { actor: who?.username ?? null, ipAddress: who?.ipAddress ?? null, action, subject, details });
  },

  async list({ limit, cursor, ...filter }: PageQuery & AuditFilter) {
    const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
    return toPage(await repository.list(database.db, filter, { after, limit: limit + 1 }), limit, keyOf, toEntry);
  },

  /** All entries that match, newest first, a batch at a time: an export of years does not fit in memory. */
  async *export(filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
    let after: [string, string] | undefined;
    for (;;) {
      const rows = await repository.list(database.db, filter, { after, limit: EXPORT_BATCH });
      if (rows.length > 0) yield rows.map(toEntry);
      if (rows.length < EXPORT_BATCH) return;
      after = keyOf(rows.at(-1)!);
    }
  },
});

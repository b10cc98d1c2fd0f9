import { sql } from 'kysely';
import type { NewUpdateUpload } from '#contracts';
import type { Db } from '#db';

const OPEN = ['waiting', 'running'] as const;
const SHOWN = 50;

/** Statements on `update_bundles` and `update_requests`; the service `updater` does what the requests ask for. */
export const bundlesRepository = {
  list: (db: Db) => db.selectFrom('update_bundles').selectAll().where('state', '!=', 'gone').orderBy('created_at', 'desc').limit(SHOWN).execute(),
  find: (db: Db, id: string) => db.selectFrom('update_bundles').selectAll().where('id', '=', id).executeTakeFirst(),
  /** One piece at a time is taken: whoever sends a second one waits here. */
  findForUpdate: (db: Db, id: string) => db.selectFrom('update_bundles').selectAll().where('id', '=', id).forUpdate().executeTakeFirst(),
  /** What was begun of the same file. */
  findHalf: (db: Db, { name, sizeBytes, sha256 }: NewUpdateUpload) =>
    db
      .selectFrom('update_bundles')
      .selectAll()
      .where('state', '=', 'receiving')
      .where('name', '=', name)
      .where('size_bytes', '=', sizeBytes)
      .where('sha256', 'is not distinct from', sha256 ?? null)
      .orderBy('created_at', 'desc')
      .executeTakeFirst(),
  /** Bytes that uploads under way were promised and have not taken yet. */
  promised: async (db: Db): Promise<number> => {
    const rows = await db.selectFrom('update_bundles').select(['size_bytes', 'received_bytes']).where('state', '=', 'receiving').execute();
    return rows.reduce((sum, row) => sum + row.size_bytes - row.received_bytes, 0);
  },
  insert: (db: Db, id: string, { name, sizeBytes, sha256 }: NewUpdateUpload, by: string, now: Date) =>
    db
      .insertInto('update_bundles')
      .values({ id, origin: 'upload', name, size_bytes: sizeBytes, sha256: sha256 ?? null, state: 'receiving', added_by: by, created_at: now, touched_at: now })
      .returningAll()
      .executeTakeFirstOrThrow(),
  setReceived: (db: Db, id: string, receivedBytes: number, now: Date) =>
    db.updateTable('update_bundles').set({ received_bytes: receivedBytes, touched_at: now }).where('id', '=', id).returningAll().executeTakeFirstOrThrow(),
  setState: (db: Db, id: string, state: string, more: { refusal?: string | null; problem?: string | null } = {}) =>
    db
      .updateTable('update_bundles')
      .set({ state, ...more })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),
  remove: (db: Db, id: string) => db.deleteFrom('update_bundles').where('id', '=', id).returning(['name', 'origin']).executeTakeFirst(),

  listRequests: (db: Db) => db.selectFrom('update_requests').selectAll().orderBy('requested_at', 'desc').limit(SHOWN).execute(),
  findOpenRequest: (db: Db, bundleId: string) =>
    db.selectFrom('update_requests').selectAll().where('bundle_id', '=', bundleId).where('state', 'in', OPEN).executeTakeFirst(),
  /** The newest request of an update under way or just made. */
  findRunning: (db: Db) => db.selectFrom('update_requests').selectAll().where('kind', '!=', 'check').where('state', 'in', OPEN).executeTakeFirst(),
  findPlanOf: (db: Db, version: string) =>
    db
      .selectFrom('update_bundles')
      .select('plan')
      .where(sql<string>`plan ->> 'to'`, '=', version)
      .orderBy('created_at', 'desc')
      .executeTakeFirst(),
  /** Undefined when a switch is asked for already. */
  insertRequest: (db: Db, request: { id: string; kind: string; bundleId: string | null; agreed: string | null; by: string; reason: string }) =>
    db
      .insertInto('update_requests')
      .values({
        id: request.id,
        kind: request.kind,
        reason: request.reason,
        bundle_id: request.bundleId,
        agreed: request.agreed,
        requested_by: request.by.slice(0, 50),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst(),
};
export type BundlesRepository = typeof bundlesRepository;

import { sql } from 'kysely';
import type { UpdatePlanView } from '#contracts';
import type { Db } from '#db';

/** Statements on `update_bundles` and `update_requests`, as the one that does the work needs them. */
export const requestsRepository = {
  nextWaiting: (db: Db) => db.selectFrom('update_requests').selectAll().where('state', '=', 'waiting').orderBy('requested_at').orderBy('id').executeTakeFirst(),
  findBundle: (db: Db, id: string) => db.selectFrom('update_bundles').selectAll().where('id', '=', id).executeTakeFirst(),
  begin: (db: Db, id: string, now: Date) => db.updateTable('update_requests').set({ state: 'running', started_at: now }).where('id', '=', id).execute(),
  progress: (db: Db, id: string, { phase, doneBytes, totalBytes }: { phase: string; doneBytes: number; totalBytes: number }) =>
    db.updateTable('update_requests').set({ phase, done_bytes: doneBytes, total_bytes: totalBytes }).where('id', '=', id).execute(),
  end: (db: Db, id: string, { error = null, updateId = null, now }: { error?: string | null; updateId?: string | null; now: Date }) =>
    db
      .updateTable('update_requests')
      .set({ state: error === null ? 'done' : 'failed', error, update_id: updateId, finished_at: now })
      .where('id', '=', id)
      .execute(),
  setBundle: (db: Db, id: string, state: string, more: { plan?: UpdatePlanView; refusal?: string | null; problem?: string | null } = {}) =>
    db
      .updateTable('update_bundles')
      .set({ state, refusal: more.refusal ?? null, problem: more.problem ?? null, ...(more.plan ? { plan: JSON.stringify(more.plan) } : {}) })
      .where('id', '=', id)
      .execute(),
  /** What a stop cut off: checks are begun again, a switch is not (the journal tells what became of it). */
  resume: async (db: Db, now: Date): Promise<void> => {
    await db.updateTable('update_requests').set({ state: 'waiting' }).where('state', '=', 'running').where('kind', '=', 'check').execute();
    await db
      .updateTable('update_requests')
      .set({ state: 'failed', error: 'The box went down before it was done. The history tells what became of it.', finished_at: now })
      .where('state', '=', 'running')
      .execute();
  },
  /** Good bundles that were not applied yet, the newest first. */
  /** Those that were never applied, whatever became of it: a bundle that was tried comes again only by a person's word. */
  listUntried: (db: Db) =>
    db
      .selectFrom('update_bundles as bundle')
      .selectAll('bundle')
      .where('bundle.state', '=', 'ready')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('update_requests as request')
              .select('request.id')
              .where('request.kind', '=', 'apply')
              .where('request.agreed', '=', sql<string>`bundle.plan ->> 'sha256'`),
          ),
        ),
      )
      .orderBy('bundle.created_at', 'desc')
      .execute(),
  /** Undefined when a switch is asked for already. */
  ask: (db: Db, request: { id: string; kind: string; reason: string; bundleId: string | null; agreed: string | null; by: string }) =>
    db
      .insertInto('update_requests')
      .values({
        id: request.id,
        kind: request.kind,
        reason: request.reason,
        bundle_id: request.bundleId,
        agreed: request.agreed,
        requested_by: request.by,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst(),
  /** Uploads that nobody went on with, and those that are of no use any more. Returns their ids. */
  removeStale: (db: Db, { halfBefore, doneBefore }: { halfBefore: Date; doneBefore: Date }) =>
    db
      .deleteFrom('update_bundles')
      .where('origin', '=', 'upload')
      .where((eb) =>
        eb.or([
          eb.and([eb('state', '=', 'receiving'), eb('touched_at', '<', halfBefore)]),
          eb.and([eb('state', 'in', ['refused', 'applied']), eb('touched_at', '<', doneBefore)]),
        ]),
      )
      .returning('id')
      .execute(),
  listUploadIds: async (db: Db): Promise<string[]> =>
    (await db.selectFrom('update_bundles').select('id').where('origin', '=', 'upload').execute()).map(({ id }) => id),
};
export type Bundle = NonNullable<Awaited<ReturnType<typeof requestsRepository.findBundle>>>;
export type Request = NonNullable<Awaited<ReturnType<typeof requestsRepository.nextWaiting>>>;

import type { BackupTargetPatch, NewBackupTarget } from '#contracts';
import type { Db } from '#db';

const OPEN = ['waiting', 'running'] as const;

/** Statements on `backup_targets`, `backups` and `backup_runs`; the service `backups` does what the runs ask for. */
export const backupsRepository = {
  listTargets: (db: Db) => db.selectFrom('backup_targets').selectAll().orderBy('created_at').execute(),
  findTarget: (db: Db, id: string) => db.selectFrom('backup_targets').selectAll().where('id', '=', id).executeTakeFirst(),
  /** Undefined when another target has that folder. */
  insertTarget: (db: Db, id: string, { name, folder, schedule, keepDaily, keepWeekly, keepMonthly, drillEveryDays }: NewBackupTarget, s3Keys: string | null) =>
    db
      .insertInto('backup_targets')
      .values({
        id,
        name,
        folder,
        schedule,
        keep_daily: keepDaily,
        keep_weekly: keepWeekly,
        keep_monthly: keepMonthly,
        drill_every_days: drillEveryDays,
        s3_keys: s3Keys,
      })
      .onConflict((conflict) => conflict.column('folder').doNothing())
      .returningAll()
      .executeTakeFirst(),
  updateTarget: (db: Db, id: string, { name, schedule, keepDaily, keepWeekly, keepMonthly, drillEveryDays }: BackupTargetPatch) =>
    db
      .updateTable('backup_targets')
      .set({
        // A schedule counts from when it was set: what it would have asked for before is not made up for.
        ...(schedule === undefined ? {} : { schedule, last_due_at: new Date() }),
        ...(keepDaily === undefined ? {} : { keep_daily: keepDaily }),
        ...(keepWeekly === undefined ? {} : { keep_weekly: keepWeekly }),
        ...(keepMonthly === undefined ? {} : { keep_monthly: keepMonthly }),
        ...(drillEveryDays === undefined ? {} : { drill_every_days: drillEveryDays }),
        name: name ?? ((eb) => eb.ref('name')),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst(),
  deleteTarget: (db: Db, id: string) => db.deleteFrom('backup_targets').where('id', '=', id).returning('name').executeTakeFirst(),

  /** What each target holds: bytes, and the newest ones' growth. */
  listSizes: (db: Db) => db.selectFrom('backups').select(['target_id', 'taken_at', 'new_bytes']).orderBy('taken_at', 'desc').execute(),
  list: (db: Db, { after, limit }: { after?: string; limit: number }) =>
    db
      .selectFrom('backups')
      .selectAll()
      .$if(after !== undefined, (query) => query.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
  find: (db: Db, id: string) => db.selectFrom('backups').selectAll().where('id', '=', id).executeTakeFirst(),
  lastGood: (db: Db) => db.selectFrom('last_good_backup').selectAll().executeTakeFirst(),

  recentRuns: (db: Db, limit: number) => db.selectFrom('backup_runs').selectAll().orderBy('requested_at', 'desc').limit(limit).execute(),
  findRun: (db: Db, id: string) => db.selectFrom('backup_runs').selectAll().where('id', '=', id).executeTakeFirst(),
  findOpen: (db: Db, targetId: string, kind: string) =>
    db.selectFrom('backup_runs').selectAll().where('target_id', '=', targetId).where('kind', '=', kind).where('state', 'in', OPEN).executeTakeFirst(),
  insertRun: (db: Db, run: { id: string; kind: string; targetId: string; backupId: string | null; by: string }) =>
    db
      .insertInto('backup_runs')
      .values({ id: run.id, kind: run.kind, reason: 'person', target_id: run.targetId, backup_id: run.backupId, requested_by: run.by })
      .returningAll()
      .executeTakeFirstOrThrow(),
  /** One that waits is over at once; one that runs is told to stop. */
  cancelRun: (db: Db, id: string) =>
    db
      .updateTable('backup_runs')
      .set((eb) => ({
        cancel_requested_at: new Date(),
        state: eb.case().when('state', '=', 'waiting').then('cancelled').else(eb.ref('state')).end(),
        finished_at: eb.case().when('state', '=', 'waiting').then(new Date()).else(eb.ref('finished_at')).end(),
      }))
      .where('id', '=', id)
      .where('state', 'in', OPEN)
      .returningAll()
      .executeTakeFirst(),
};
export type BackupsRepository = typeof backupsRepository;

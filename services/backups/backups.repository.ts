import { sql, type Selectable } from 'kysely';
import type { BackupRuns, BackupTargets, Db } from '#db';
import type { MadeBackup } from './protocol.ts';

export type Run = Selectable<BackupRuns>;
export type Target = Selectable<BackupTargets>;

/** Statements on `backup_targets`, `backups` and `backup_runs`. */
export const backupsRepository = {
  listTargets: (db: Db): Promise<Target[]> => db.selectFrom('backup_targets').selectAll().orderBy('created_at').execute(),
  findTarget: (db: Db, id: string) => db.selectFrom('backup_targets').selectAll().where('id', '=', id).executeTakeFirst(),
  setDue: (db: Db, id: string, at: Date) => db.updateTable('backup_targets').set({ last_due_at: at }).where('id', '=', id).execute(),

  /** Puts something in line; what waits already is not put there twice. */
  request: (db: Db, run: { id: string; kind: Run['kind']; targetId: string; backupId?: string }) =>
    db
      .insertInto('backup_runs')
      .values({ id: run.id, kind: run.kind, reason: 'schedule', target_id: run.targetId, backup_id: run.backupId ?? null })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),

  nextWaiting: (db: Db): Promise<Run | undefined> =>
    db.selectFrom('backup_runs').selectAll().where('state', '=', 'waiting').orderBy('requested_at').limit(1).executeTakeFirst(),
  begin: (db: Db, { id, attempts }: Run) =>
    db
      .updateTable('backup_runs')
      .set({ state: 'running', started_at: new Date(), attempts: attempts + 1, error: null })
      .where('id', '=', id)
      .execute(),
  progress: (db: Db, id: string, { phase, doneBytes, totalBytes }: { phase: string; doneBytes: number; totalBytes: number }) =>
    db
      .updateTable('backup_runs')
      .set({ phase, done_bytes: doneBytes, total_bytes: totalBytes })
      .where('id', '=', id)
      .returning('cancel_requested_at')
      .executeTakeFirst(),
  end: (db: Db, id: string, ended: { state: 'done' | 'failed' | 'cancelled'; error?: string; summary?: string; backupId?: string }) =>
    db
      .updateTable('backup_runs')
      .set({
        state: ended.state,
        error: ended.error ?? null,
        summary: ended.summary ?? null,
        finished_at: new Date(),
        ...(ended.backupId ? { backup_id: ended.backupId } : {}),
      })
      .where('id', '=', id)
      .execute(),
  /** What a process that is gone was at: it is done again, unless it was tried so often that it is what ends the process. */
  resume: async (db: Db, { most }: { most: number }): Promise<void> => {
    await db
      .updateTable('backup_runs')
      .set({
        state: 'failed',
        finished_at: new Date(),
        error: 'The box went down while this was done, several times. Ask for it again when the box is steady.',
      })
      .where('state', '=', 'running')
      .where((eb) =>
        eb.or([
          eb('attempts', '>=', most),
          eb.exists(
            eb
              .selectFrom('backup_runs as other')
              .select('other.id')
              .where('other.state', '=', 'waiting')
              .whereRef('other.kind', '=', 'backup_runs.kind')
              .whereRef('other.target_id', '=', 'backup_runs.target_id'),
          ),
        ]),
      )
      .execute();
    await db.updateTable('backup_runs').set({ state: 'waiting' }).where('state', '=', 'running').execute();
  },

  async keepBackup(db: Db, targetId: string, reason: string, made: MadeBackup, there: readonly string[]): Promise<void> {
    await db
      .insertInto('backups')
      .values({
        id: made.id,
        target_id: targetId,
        taken_at: new Date(made.takenAt),
        reason,
        took_ms: made.tookMs,
        bytes: made.counts.bytes,
        new_bytes: made.counts.newBytes,
        counts: JSON.stringify(made.counts),
        missing: made.missing,
        opens_with_recovery_key: made.opensWithRecoveryKey,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .deleteFrom('backups')
      .where('target_id', '=', targetId)
      .where(sql<boolean>`id <> all(${[...there]}::varchar[])`)
      .execute();
  },
  newest: (db: Db, targetId: string) =>
    db.selectFrom('backups').selectAll().where('target_id', '=', targetId).orderBy('taken_at', 'desc').limit(1).executeTakeFirst(),
  lastGood: (db: Db, targetId: string) =>
    db
      .selectFrom('backups')
      .selectAll()
      .where('target_id', '=', targetId)
      .where('drilled_ok', '=', true)
      .orderBy('taken_at', 'desc')
      .limit(1)
      .executeTakeFirst(),
  lastDrill: (db: Db, targetId: string) =>
    db
      .selectFrom('backups')
      .select((eb) => [eb.fn.max('drilled_at').as('drilledAt'), eb.fn.max('verified_at').as('verifiedAt')])
      .where('target_id', '=', targetId)
      .executeTakeFirstOrThrow(),
  verified: (db: Db, id: string, ok: boolean, problem: string | null) =>
    db.updateTable('backups').set({ verified_at: new Date(), verified_ok: ok, problem }).where('id', '=', id).execute(),
  drilled: (db: Db, id: string, ok: boolean, { ms, problem }: { ms: number | null; problem: string | null }) =>
    db.updateTable('backups').set({ drilled_at: new Date(), drilled_ok: ok, drill_ms: ms, problem }).where('id', '=', id).execute(),
};

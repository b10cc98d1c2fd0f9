import { notify } from '#alerts';
import type { Database } from '#db';
import { withMaintenance } from '#healing';
import { errorText, isAppError, newId, type Clock, type Logger } from '#kit';
import { backupsRepository as repository, type Run, type Target } from './backups.repository.ts';
import type { Order, Place, Result } from './protocol.ts';
import { dueSince } from './schedule.ts';
import { WorkFailed, type carryOut } from './work-process.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  place: Omit<Place, 'folder' | 's3Keys'>;
  /** The running product's. */
  version: string;
  boxName: () => string;
  carryOut: typeof carryOut;
  clock: Clock;
  log: Logger;
}

const LOOK_MS = 1_000;
const MOST_ATTEMPTS = 3;
const RETRY_MS = 60_000;
const DAY_MS = 86_400_000;
const VERIFY_EVERY_DAYS = 30;

class Cancelled extends Error {}

/** Makes, verifies and drills backups, one at a time, from their rows: what was asked for, and what schedules ask for. */
export const createRunner = ({ database, place, version, boxName, carryOut: workOn, clock, log }: Needs) => {
  const { db } = database;
  const retryAt = new Map<string, number>();

  const schedule = async (): Promise<void> => {
    const now = new Date(clock.now());
    for (const target of await repository.listTargets(db)) {
      if (target.schedule === null) continue;
      const due = dueSince(target.schedule, target.last_due_at ?? target.created_at, now);
      if (due === null) continue;
      await repository.request(db, { id: newId(), kind: 'backup', targetId: target.id });
      await repository.setDue(db, target.id, due);
    }
  };

  const orderOf = async (run: Run, target: Target): Promise<Order> => {
    const common = { ...place, folder: target.folder, s3Keys: target.s3_keys };
    if (run.kind === 'backup') {
      const good = await repository.lastGood(db, target.id);
      return {
        ...common,
        kind: 'backup',
        reason: run.reason as 'person' | 'schedule',
        boxName: boxName(),
        version,
        keep: { daily: target.keep_daily, weekly: target.keep_weekly, monthly: target.keep_monthly },
        protect: good ? [good.id] : [],
      };
    }
    const backupId = run.backup_id ?? (await repository.newest(db, target.id))?.id;
    if (!backupId) throw new WorkFailed('There is no backup yet. Make one first.', { damaged: true });
    return { ...common, kind: run.kind as 'verify' | 'drill', backupId };
  };

  /** A backup is good when it was restored: the next step of one that was made. */
  const askForProof = async (target: Target): Promise<void> => {
    const { drilledAt, verifiedAt } = await repository.lastDrill(db, target.id);
    const isOld = (at: Date | null, days: number): boolean => at === null || clock.now() - at.getTime() > days * DAY_MS;
    if (isOld(drilledAt, target.drill_every_days)) await repository.request(db, { id: newId(), kind: 'drill', targetId: target.id });
    if (verifiedAt === null ? false : isOld(verifiedAt, VERIFY_EVERY_DAYS)) await repository.request(db, { id: newId(), kind: 'verify', targetId: target.id });
  };

  const conclude = async (run: Run, target: Target, order: Order, result: Result): Promise<void> => {
    if (result.kind === 'backup') {
      const { made, there } = result;
      await repository.keepBackup(db, target.id, run.reason, made, there);
      await askForProof(target);
      await repository.end(db, run.id, { state: 'done', backupId: made.id, summary: `${made.counts.documents} documents, ${made.counts.rows} rows.` });
    } else if (result.kind === 'verify') {
      const { ok, contents, damaged, problems } = result.verification;
      const id = (order as { backupId: string }).backupId;
      await repository.verified(db, id, ok, ok ? null : (problems[0] ?? null));
      if (!ok)
        throw new WorkFailed(
          `${damaged} of ${contents} pieces are damaged: ${problems[0] ?? ''} They were removed, so that the next backup stores them again.`,
          { damaged: true },
        );
      await repository.end(db, run.id, { state: 'done', backupId: id, summary: `${contents} pieces, every hash is right.` });
    } else {
      const { rows, documents, asked, found, tookMs } = result.drill;
      const id = (order as { backupId: string }).backupId;
      await repository.drilled(db, id, true, { ms: tookMs, problem: null });
      await repository.end(db, run.id, {
        state: 'done',
        backupId: id,
        summary: `${rows} rows, ${documents} originals, ${found} of ${asked} known passages found.`,
      });
    }
  };

  const fail = async (run: Run, target: Target, error: unknown): Promise<void> => {
    const message = errorText(error);
    const hopeless = error instanceof WorkFailed && error.damaged;
    if (hopeless && run.kind === 'drill' && run.backup_id) await repository.drilled(db, run.backup_id, false, { ms: null, problem: message });
    if (!hopeless && run.attempts + 1 < MOST_ATTEMPTS && run.reason === 'schedule') {
      retryAt.set(run.id, clock.now() + RETRY_MS * (run.attempts + 1));
      await db.updateTable('backup_runs').set({ state: 'waiting', error: message }).where('id', '=', run.id).execute();
      return;
    }
    await database.inTransaction(async (tx) => {
      await repository.end(tx, run.id, { state: 'failed', error: message });
      await notify(tx, {
        topic: `${run.kind === 'drill' ? 'backup.drill' : run.kind === 'verify' ? 'backup.verification' : 'backup'}.failed`,
        severity: 'critical',
        title: { en: `The backup to “${target.name}” is not in order`, de: `Die Sicherung nach „${target.name}“ ist nicht in Ordnung` },
        body: { en: message, de: message },
        link: '/system/backups',
        dedupeKey: `backup:${run.id}:failed`,
      });
    });
  };

  const perform = async (run: Run, signal: AbortSignal): Promise<void> => {
    const target = await repository.findTarget(db, run.target_id);
    if (!target) return;
    const cancelling = new AbortController();
    const ending = AbortSignal.any([signal, cancelling.signal]);
    await repository.begin(db, run);
    let last = { phase: 'starting', doneBytes: 0, totalBytes: 0 };
    const telling = setInterval(() => {
      repository.progress(db, run.id, last).then(
        (row) => row?.cancel_requested_at && cancelling.abort(new Cancelled()),
        () => undefined, // the next one tells it
      );
    }, LOOK_MS);
    try {
      const order = await orderOf(run, target);
      if ('backupId' in order) run.backup_id = order.backupId;
      const result = await workOn(order, { onProgress: (progress) => (last = progress), signal: ending });
      await conclude(run, target, order, result);
    } catch (error) {
      if (signal.aborted) return; // the next start does it again
      if (error instanceof Cancelled) await repository.end(db, run.id, { state: 'cancelled' });
      else await fail(run, target, error);
    } finally {
      clearInterval(telling);
    }
  };

  const step = async (signal: AbortSignal): Promise<void> => {
    await schedule();
    const run = await repository.nextWaiting(db);
    if (!run || (retryAt.get(run.id) ?? 0) > clock.now()) return;
    const reason = `a ${run.kind === 'backup' ? 'backup is made' : run.kind === 'drill' ? 'backup is restored on trial' : 'backup is verified'}`;
    try {
      await withMaintenance(db, { name: 'backup', holder: `run ${run.id}`, reason }, () => perform(run, signal));
    } catch (error) {
      if (!isAppError(error, 'conflict')) throw error; // the command line is at it: this one waits
    }
  };

  return {
    /** Works until the signal. */
    async run(signal: AbortSignal): Promise<void> {
      let resumed = false;
      while (!signal.aborted) {
        try {
          if (!resumed) await repository.resume(db, { most: MOST_ATTEMPTS });
          resumed = true;
          await step(signal);
        } catch (error) {
          if (!signal.aborted) log.warn({ reason: errorText(error) }, 'backups could not be looked after; it is tried again');
        }
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      }
    },
  };
};

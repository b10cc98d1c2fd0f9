import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Cron } from 'croner';
import { BACKUP_KEYS_PURPOSE, boxKeysOf, findRecoveryKey, makeRecoveryKey } from '#backup';
import type { BackupRunView, BackupsOverview, BackupTargetPatch, BackupTargetView, BackupView, NewBackupRun, NewBackupTarget, PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database } from '#db';
import { createS3BackupTarget, isS3Address, s3Target } from '#clients';
import { AppError, newId, readOrMakeSecret, type SecretBox } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { BackupsRepository } from './backups.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: BackupsRepository;
  audit: Audit;
  secrets: SecretBox;
  dataDir: string;
}

type Run = Awaited<ReturnType<BackupsRepository['recentRuns']>>[number];
type Backup = Awaited<ReturnType<BackupsRepository['list']>>[number];
type Target = Awaited<ReturnType<BackupsRepository['listTargets']>>[number];

const RUNS_SHOWN = 12;
const DAY_MS = 86_400_000;
/** Growth is told from so many backups: one that brought a big folder says nothing about next week. */
const GROWTH_OF = 14;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const toRun = (row: Run): BackupRunView => ({
  id: row.id,
  kind: row.kind as BackupRunView['kind'],
  reason: row.reason as BackupRunView['reason'],
  targetId: row.target_id,
  backupId: row.backup_id,
  state: row.state as BackupRunView['state'],
  phase: row.phase,
  doneBytes: row.done_bytes,
  totalBytes: row.total_bytes,
  error: row.error,
  summary: row.summary,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  startedAt: iso(row.started_at),
  finishedAt: iso(row.finished_at),
});

const toBackup = (row: Backup): BackupView => {
  const counts = row.counts as { documents: number; conversations: number; people: number };
  return {
    id: row.id,
    targetId: row.target_id,
    takenAt: row.taken_at.toISOString(),
    reason: row.reason,
    tookMs: row.took_ms,
    bytes: row.bytes,
    newBytes: row.new_bytes,
    documents: counts.documents,
    conversations: counts.conversations,
    people: counts.people,
    missing: row.missing,
    opensWithRecoveryKey: row.opens_with_recovery_key,
    verifiedAt: iso(row.verified_at),
    verifiedOk: row.verified_ok,
    drilledAt: iso(row.drilled_at),
    drilledOk: row.drilled_ok,
    drillMs: row.drill_ms,
    problem: row.problem,
  };
};

/** Errors: `validation_failed` for what is no cron line. */
const nextOf = (schedule: string | null): string | null => {
  if (schedule === null) return null;
  try {
    return iso(new Cron(schedule, { paused: true }).nextRun());
  } catch (cause) {
    throw new AppError('validation_failed', { message: `“${schedule}” is no schedule. It has five fields, such as “0 2 * * *” for each night at two.`, cause });
  }
};

/** Errors: `validation_failed` where nothing can be written. */
const requireFolder = async (folder: string, keys: NewBackupTarget['s3']): Promise<null> => {
  if (keys) throw new AppError('validation_failed', { message: 'A folder takes no keys. For a bucket, name its address, such as https://host:9000/bucket.' });
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory())
    throw new AppError('validation_failed', {
      message: `There is no folder ${folder} on this box. Is the stick plugged in, or the share mounted? Make the folder first.`,
    });
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new AppError('validation_failed', {
      message: `Arasul may not write into ${folder}. Give its account the right to, or choose another folder.`,
      cause,
    });
  });
  return null;
};

/** Resolves with the keys to be sealed. Errors: `validation_failed`, `backup_target_away` where nothing can be written. */
const requireBucket = async ({ folder, s3 }: NewBackupTarget, dataDir: string): Promise<string> => {
  if (!s3) throw new AppError('validation_failed', { message: 'A bucket takes an access key and a secret key.' });
  let target: ReturnType<typeof s3Target>;
  try {
    target = s3Target(folder, s3);
  } catch (cause) {
    throw new AppError('validation_failed', {
      message: 'That is no address of a bucket: it looks like https://host:9000/bucket/folder, without keys in it.',
      cause,
    });
  }
  const bucket = createS3BackupTarget({ target, draftsDir: join(dataDir, 'cache', 'backup-drafts') });
  try {
    await bucket.ensure();
    async function* probe(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('Arasul was here, to see whether it may write.'));
    }
    await bucket.write('arasul-probe', probe());
    await bucket.remove('arasul-probe');
  } finally {
    bucket.close();
  }
  return JSON.stringify(s3);
};

/** Bytes that a day brings, from the newest backups of a target; null when there are too few. */
const dailyGrowth = (newestFirst: readonly { taken_at: Date; new_bytes: number }[]): number | null => {
  const some = newestFirst.slice(0, GROWTH_OF);
  const [newest, oldest] = [some[0], some.at(-1)];
  if (!newest || !oldest || some.length < 3) return null;
  const days = (newest.taken_at.getTime() - oldest.taken_at.getTime()) / DAY_MS;
  const grown = some.slice(0, -1).reduce((sum, { new_bytes: bytes }) => sum + bytes, 0);
  return days > 0 ? grown / days : null;
};

export const createBackupsService = ({ database, repository, audit, secrets, dataDir }: Needs) => {
  const { db } = database;

  const toTarget = async (row: Target, sizes: Awaited<ReturnType<BackupsRepository['listSizes']>>): Promise<BackupTargetView> => {
    const own = sizes.filter(({ target_id: id }) => id === row.id);
    const isBucket = row.s3_keys !== null;
    const freeBytes = isBucket
      ? null
      : await statfs(row.folder).then(
          ({ bavail, bsize }) => bavail * bsize,
          () => null,
        );
    const growth = dailyGrowth(own);
    return {
      id: row.id,
      name: row.name,
      kind: isBucket ? 's3' : 'folder',
      folder: row.folder,
      schedule: row.schedule,
      keepDaily: row.keep_daily,
      keepWeekly: row.keep_weekly,
      keepMonthly: row.keep_monthly,
      drillEveryDays: row.drill_every_days,
      nextDueAt: nextOf(row.schedule),
      freeBytes,
      usedBytes: own.reduce((sum, { new_bytes: bytes }) => sum + bytes, 0),
      daysLeft: freeBytes !== null && growth !== null && growth > 0 ? Math.floor(freeBytes / growth) : null,
    };
  };
  const oneTarget = async (row: Target | undefined): Promise<BackupTargetView> => {
    if (!row) throw new AppError('not_found', { message: 'There is no such place for backups.' });
    return toTarget(row, await repository.listSizes(db));
  };

  return {
    /** Where backups go, what is being done, and the last one that is known to restore. */
    async overview(): Promise<BackupsOverview> {
      const sizes = await repository.listSizes(db);
      const good = await repository.lastGood(db);
      return {
        targets: await Promise.all((await repository.listTargets(db)).map((row) => toTarget(row, sizes))),
        recoveryKeyMadeAt: (await findRecoveryKey(dataDir))?.createdAt ?? null,
        lastGood:
          good?.id && good.taken_at && good.drilled_at
            ? { id: good.id, takenAt: good.taken_at.toISOString(), drilledAt: good.drilled_at.toISOString(), drillMs: good.drill_ms ?? 0 }
            : null,
        runs: (await repository.recentRuns(db, RUNS_SHOWN)).map(toRun),
      };
    },

    async list({ limit, cursor }: PageQuery) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 1)[0] as string);
      return toPage(await repository.list(db, { after, limit: limit + 1 }), limit, ({ id }) => [id], toBackup);
    },

    /** Errors: `validation_failed`, `conflict` when another target has that folder. */
    async addTarget(who: Principal, target: NewBackupTarget): Promise<BackupTargetView> {
      nextOf(target.schedule);
      const keys = isS3Address(target.folder) ? await requireBucket(target, dataDir) : await requireFolder(target.folder, target.s3);
      const row = await database.inTransaction(async (tx) => {
        const made = await repository.insertTarget(tx, newId(), target, keys === null ? null : secrets.seal(keys, BACKUP_KEYS_PURPOSE));
        if (!made) throw new AppError('conflict', { message: `Backups go to ${target.folder} already.` });
        await audit.record(tx, who, 'backup_target.added', target.name, { folder: target.folder, schedule: target.schedule });
        return made;
      });
      return oneTarget(row);
    },

    async changeTarget(who: Principal, id: string, patch: BackupTargetPatch): Promise<BackupTargetView> {
      if (patch.schedule !== undefined) nextOf(patch.schedule);
      const row = await database.inTransaction(async (tx) => {
        const changed = await repository.updateTarget(tx, id, patch);
        if (changed) await audit.record(tx, who, 'backup_target.changed', changed.name, patch);
        return changed;
      });
      return oneTarget(row);
    },

    /** The box forgets the place; the backups in it stay. */
    async removeTarget(who: Principal, id: string): Promise<void> {
      await database.inTransaction(async (tx) => {
        const gone = await repository.deleteTarget(tx, id);
        if (!gone) throw new AppError('not_found', { message: 'There is no such place for backups.' });
        await audit.record(tx, who, 'backup_target.removed', gone.name);
      });
    },

    /** Asks for a backup, a verification or a restore on trial; what is in line already is not asked for twice. */
    async request(who: Principal, { kind, targetId, backupId }: NewBackupRun): Promise<BackupRunView> {
      const target = await repository.findTarget(db, targetId);
      if (!target) throw new AppError('not_found', { message: 'There is no such place for backups.' });
      if (backupId !== undefined && (await repository.find(db, backupId))?.target_id !== targetId)
        throw new AppError('not_found', { message: `There is no backup ${backupId} there.` });
      const open = await repository.findOpen(db, targetId, kind);
      if (open) return toRun(open);
      return database.inTransaction(async (tx) => {
        const run = await repository.insertRun(tx, { id: newId(), kind, targetId, backupId: backupId ?? null, by: who.username });
        await audit.record(tx, who, 'backup_run.requested', target.name, { kind, backupId });
        return toRun(run);
      });
    },

    /** Errors: `not_found`, `conflict` for one that is over. */
    async cancel(who: Principal, id: string): Promise<BackupRunView> {
      return database.inTransaction(async (tx) => {
        const run = await repository.cancelRun(tx, id);
        if (run) {
          await audit.record(tx, who, 'backup_run.cancelled', run.id);
          return toRun(run);
        }
        if (await repository.findRun(tx, id)) throw new AppError('conflict', { message: 'That is over already.' });
        throw new AppError('not_found', { message: 'There is no such run.' });
      });
    },

    /** A new recovery key: its words are in this answer and nowhere else. */
    async makeRecoveryWords(who: Principal): Promise<{ words: string }> {
      const boxKey = await readOrMakeSecret(dataDir, 'backup-key');
      const { words, key } = await makeRecoveryKey(dataDir, boxKey);
      await audit.record(db, who, 'recovery_key.made', boxKeysOf(boxKey).tag, { createdAt: key.createdAt });
      return { words };
    },
  };
};
export type BackupsService = ReturnType<typeof createBackupsService>;

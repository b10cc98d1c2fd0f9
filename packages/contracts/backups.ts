import { z } from 'zod';
import { instant } from './common.ts';
import { strictly } from './strict-object.ts';

export const backupRunKinds = ['backup', 'verify', 'drill'] as const;
export const backupRunStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
const count = z.number().int().min(0);

/** Something done about a backup: made, verified, or restored on trial. */
export const backupRunView = z.object({
  id: z.uuid(),
  kind: z.enum(backupRunKinds),
  reason: z.enum(['person', 'schedule']),
  targetId: z.uuid(),
  backupId: z.string().nullable(),
  state: z.enum(backupRunStates),
  phase: z.string().nullable(),
  doneBytes: count,
  totalBytes: count,
  /** Why it failed, in a sentence. */
  error: z.string().nullable(),
  /** What was seen, in a sentence. */
  summary: z.string().nullable(),
  requestedBy: z.string().nullable(),
  requestedAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});
export type BackupRunView = z.infer<typeof backupRunView>;

export const backupView = z.object({
  id: z.string(),
  targetId: z.uuid(),
  takenAt: instant,
  reason: z.string(),
  tookMs: count,
  bytes: count,
  newBytes: count,
  documents: count,
  conversations: count,
  people: count,
  /** Originals that the box itself had lost when it was made. */
  missing: count,
  opensWithRecoveryKey: z.boolean(),
  verifiedAt: instant.nullable(),
  verifiedOk: z.boolean().nullable(),
  drilledAt: instant.nullable(),
  drilledOk: z.boolean().nullable(),
  /** How long the restore on trial took. */
  drillMs: count.nullable(),
  problem: z.string().nullable(),
});
export type BackupView = z.infer<typeof backupView>;

const schedule = z.string().min(9).max(100).nullable();
const folder = z.string().min(2).max(500).startsWith('/', 'an absolute path');
/** A folder of this machine, or the address of a bucket such as https://host:9000/bucket/folder. */
const place = z.union([folder, z.url({ protocol: /^https?$/ }).max(500)]);
const keep = z.number().int().min(0).max(400);

export const backupTargetView = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(['folder', 's3']),
  /** The folder, or the bucket's address. */
  folder: z.string(),
  schedule: schedule,
  keepDaily: keep,
  keepWeekly: keep,
  keepMonthly: keep,
  drillEveryDays: z.number().int(),
  nextDueAt: instant.nullable(),
  /** Null while the folder is away, and for a bucket, which does not tell. */
  freeBytes: count.nullable(),
  usedBytes: count,
  /** How many days of backups still fit, as the last ones grew; null when that cannot be told. */
  daysLeft: count.nullable(),
});
export type BackupTargetView = z.infer<typeof backupTargetView>;

const targetFields = {
  name: z.string().trim().min(1).max(100),
  /** A cron line such as “0 2 * * *”, in the box's time zone; null: only when somebody asks. */
  schedule,
  keepDaily: keep.min(1),
  keepWeekly: keep,
  keepMonthly: keep,
  drillEveryDays: z.number().int().min(1).max(365),
};
export const newBackupTarget = strictly({
  ...targetFields,
  folder: place,
  /** For a bucket alone; the secret is kept sealed, and never shown again. */
  s3: strictly({ accessKey: z.string().min(1).max(200), secretKey: z.string().min(1).max(500), region: z.string().min(1).max(60).optional() }).optional(),
  schedule: schedule.default(null),
  keepDaily: targetFields.keepDaily.default(7),
  keepWeekly: keep.default(4),
  keepMonthly: keep.default(6),
  drillEveryDays: targetFields.drillEveryDays.default(7),
});
export type NewBackupTarget = z.infer<typeof newBackupTarget>;
export const backupTargetPatch = strictly(targetFields).partial();
export type BackupTargetPatch = z.infer<typeof backupTargetPatch>;

export const newBackupRun = strictly({
  kind: z.enum(backupRunKinds),
  targetId: z.uuid(),
  /** The newest, when it is left out. */ backupId: z.string().max(40).optional(),
});
export type NewBackupRun = z.infer<typeof newBackupRun>;

export const backupsOverview = z.object({
  targets: z.array(backupTargetView),
  /** When the recovery key in force was made; null: nobody could open a backup without this box. */
  recoveryKeyMadeAt: instant.nullable(),
  /** The last one that was restored and found good. */
  lastGood: z.object({ id: z.string(), takenAt: instant, drilledAt: instant, drillMs: count }).nullable(),
  runs: z.array(backupRunView),
});
export type BackupsOverview = z.infer<typeof backupsOverview>;

/** “I have a backup”, on a box that has no owner yet. */
export const restoreRequest = strictly({
  code: z.string().trim().max(20),
  folder,
  /** The 24 words of the recovery key. */
  words: z.string().max(500),
  /** The newest, when it is left out. */
  backupId: z.string().max(40).optional(),
});
export type RestoreRequest = z.infer<typeof restoreRequest>;

export const restoreView = z.object({
  /** `ready`: laid ready, and nobody is there to start the box again. */
  state: z.enum(['none', 'running', 'restarting', 'ready', 'failed']),
  phase: z.string().nullable(),
  doneBytes: count,
  totalBytes: count,
  error: z.string().nullable(),
  backup: z
    .object({ id: z.string(), boxName: z.string(), takenAt: instant, version: z.string(), documents: count, conversations: count, people: count })
    .nullable(),
});
export type RestoreView = z.infer<typeof restoreView>;

/** Shown once and kept nowhere. */
export const recoveryWords = z.object({ words: z.string() });

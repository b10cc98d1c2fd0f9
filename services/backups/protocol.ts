import type { Env } from '#kit';
import type { BackupPhase, Drill, Manifest, Retention, Verification } from '#backup';

/** What the process that does the work needs to know; secrets it reads from the data folder itself. */
export interface Place {
  dataDir: string;
  databaseUrl: string;
  /** Null: the embedded server, whose administrator's password lies in the data folder. */
  adminUrl: string | null;
  migrationsDir: string;
  /** The part of the environment that says where originals lie. */
  originals: Env;
  folder: string;
  /** Of a bucket, sealed; null for a folder. */
  s3Keys: string | null;
}

export type Order = Place &
  (
    | { kind: 'backup'; reason: 'person' | 'schedule'; boxName: string; version: string; keep: Retention; /** Stays whatever `keep` says. */ protect: string[] }
    | { kind: 'verify'; backupId: string }
    | { kind: 'drill'; backupId: string }
  );

export type MadeBackup = Pick<Manifest, 'id' | 'takenAt' | 'tookMs' | 'counts'> & { missing: number; opensWithRecoveryKey: boolean };

export type Result =
  | { kind: 'backup'; made: MadeBackup; /** All that lie in the folder now. */ there: string[] }
  | { kind: 'verify'; verification: Verification }
  | { kind: 'drill'; drill: Drill };

export type Told =
  | { type: 'progress'; phase: BackupPhase; doneBytes: number; totalBytes: number }
  | { type: 'done'; result: Result }
  | { type: 'failed'; message: string; /** The backup itself is at fault, and trying again is of no use. */ damaged: boolean };

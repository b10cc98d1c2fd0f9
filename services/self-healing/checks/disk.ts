import { randomUUID } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineCheck } from '../types.ts';

const WARN_FREE_SHARE = 0.1;
const CRITICAL_FREE_SHARE = 0.05;
/** On a large disk a small share is still plenty. */
const PLENTY_BYTES = 20e9;
const CRITICAL_BYTES = 2e9;
const LEAST_INODES_SHARE = 0.05;

const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Whether so much free space of so much is too little, and how bad that is; null for enough. */
export const diskSeverity = (freeBytes: number, totalBytes: number): 'WARNING' | 'CRITICAL' | null => {
  if (freeBytes > PLENTY_BYTES) return null;
  if (freeBytes < CRITICAL_BYTES || freeBytes / totalBytes < CRITICAL_FREE_SHARE) return 'CRITICAL';
  return freeBytes / totalBytes < WARN_FREE_SHARE ? 'WARNING' : null;
};

/** Room on the disk that holds the data folder. */
export const diskSpace = defineCheck({
  id: 'disk.space',
  everyMs: 30_000,
  after: 2,
  async look({ dataDir }) {
    const { bavail, blocks, bsize } = await statfs(dataDir);
    const [freeBytes, totalBytes] = [bavail * bsize, blocks * bsize];
    const severity = diskSeverity(freeBytes, totalBytes);
    if (severity === null) return [];
    return [
      {
        subject: dataDir,
        severity,
        description: `The disk that holds Arasul's data is nearly full (${gb(freeBytes)} of ${gb(totalBytes)} free).`,
        evidence: { freeBytes, totalBytes },
      },
    ];
  },
});

/** Files that the disk can still name. Some file systems have no such limit and say 0. */
export const diskInodes = defineCheck({
  id: 'disk.inodes',
  everyMs: 60_000,
  after: 2,
  async look({ dataDir }) {
    const { files, ffree } = await statfs(dataDir);
    if (files === 0) return { skipped: 'This file system has no limit of files.' };
    if (ffree / files >= LEAST_INODES_SHARE) return [];
    return [
      {
        subject: dataDir,
        severity: 'CRITICAL' as const,
        description: `The disk that holds Arasul's data can name only ${ffree} more files.`,
        evidence: { free: ffree, total: files },
      },
    ];
  },
});

/** Whether the disk still takes writes: Linux makes a failing one read-only. */
export const diskReadOnly = defineCheck({
  id: 'disk.read_only',
  everyMs: 30_000,
  after: 2,
  async look({ dataDir }) {
    const file = join(dataDir, 'cache', `.write-${randomUUID()}`);
    try {
      await writeFile(file, 'x', { flag: 'wx', flush: true });
      return [];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EROFS' && code !== 'EIO') return []; // a full disk is another check's
      return [
        {
          subject: dataDir,
          severity: 'CRITICAL' as const,
          description: `The disk that holds Arasul's data takes no writes any more (${code === 'EROFS' ? 'it was made read-only' : 'it fails'}).`,
          evidence: { code },
          ...(code === 'EIO' ? { incurable: 'The disk fails. Save the data and replace it.' } : {}),
        },
      ];
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  },
});

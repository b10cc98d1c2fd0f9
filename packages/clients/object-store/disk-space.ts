import { statfs } from 'node:fs/promises';
import { AppError } from '#kit';

export const formatBytes = (bytes: number): string => {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};

export const diskFull = (facts: { neededBytes: number; freeBytes: number; reserveBytes: number; totalBytes: number }, cause?: unknown): AppError =>
  new AppError('disk_full', {
    message:
      `The disk that holds Arasul's data has ${formatBytes(facts.freeBytes)} of ${formatBytes(facts.totalBytes)} free, of which ${formatBytes(facts.reserveBytes)} stay reserved; ` +
      `this needs ${formatBytes(facts.neededBytes)}. Reading and asking go on. Free space or move the data folder: see docs/runbooks/disk-full.md.`,
    details: facts,
    cause,
  });

interface Options {
  readonly folder: string;
  /** Bytes that uploads must leave free. Asked anew each time: it is a setting. */
  readonly reserveBytes: () => number;
}

/** Space that uploads in progress have been promised, so that two of them do not both count on the last gigabyte. */
export const createDiskSpace = ({ folder, reserveBytes }: Options) => {
  let promised = 0;
  const look = async () => {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, reserveBytes: reserveBytes() };
  };
  return {
    /** Sets `bytes` aside. Throws `disk_full` when they are not there. Give them back as they are written, or when they will not be. */
    async reserve(bytes: number): Promise<{ release(bytes?: number): void }> {
      const facts = await look();
      if (facts.freeBytes - facts.reserveBytes - promised < bytes) throw diskFull({ ...facts, neededBytes: bytes });
      let left = bytes;
      promised += bytes;
      return {
        release(released = left) {
          const freed = Math.min(left, released);
          left -= freed;
          promised -= freed;
        },
      };
    },
    look,
  };
};
export type DiskSpace = ReturnType<typeof createDiskSpace>;

import { statfs as statfsOf } from 'node:fs/promises';
import { LATE, orLate } from '../patience.ts';
import { percentOf } from '../percent.ts';
import type { DiskReading, Source } from '../sample.ts';
import type { KernelFile } from './files.ts';

export interface Mount {
  device: string;
  mount: string;
  type: string;
}

/** File systems on storage of this machine. Not network ones: a server that is away would hang the call. */
const LOCAL_TYPES = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs', 'jfs', 'ntfs', 'ntfs3', 'exfat', 'vfat']);
/** Small system partitions that nobody fills. */
const SYSTEM_MOUNTS = /^\/(boot|efi|snap|run)(\/|$)/;

/** /proc/self/mounts writes space, tab, newline and backslash in octal. */
const unescapeOctal = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));

/**
 * The disks among the mounts: local file systems, each device once under its shortest path (bind mounts show the same
 * space again), and always `/`, which is an overlay inside a container.
 */
export const parseMounts = (mounts: string): Mount[] => {
  const byDevice = new Map<string, Mount>();
  for (const line of mounts.split('\n')) {
    const [device, mount, type] = line.split(' ').map(unescapeOctal);
    if (!device || !mount || !type) continue;
    const isRoot = mount === '/' && type !== 'rootfs';
    if (!isRoot && (!LOCAL_TYPES.has(type) || SYSTEM_MOUNTS.test(mount))) continue;
    const known = byDevice.get(device);
    if (!known || mount.length < known.mount.length) byDevice.set(device, { device, mount, type });
  }
  return [...byDevice.values()].sort((a, b) => (a.mount < b.mount ? -1 : 1));
};

interface SpaceOf {
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
}

/** statfs(2) as df(1) shows it: the part that only root may write is neither used nor free. Null for a disk of no size. */
export const diskReading = (mount: string, { bsize, blocks, bfree, bavail }: SpaceOf): DiskReading | null => {
  const usedBytes = (blocks - bfree) * bsize;
  const freeBytes = bavail * bsize;
  return blocks > 0 ? { mount, usedBytes, freeBytes, percent: percentOf(usedBytes, usedBytes + freeBytes) } : null;
};

/** A disk that takes longer is broken or asleep. */
const PATIENCE_MS = 500;

interface DiskOptions {
  statfs?: (path: string) => Promise<SpaceOf>;
  patienceMs?: number;
}

/** Space of each local disk. A disk that does not answer is left out, and not asked again before it has. */
export const diskSource = (mountsFile: KernelFile, { statfs = statfsOf, patienceMs = PATIENCE_MS }: DiskOptions = {}): Source => {
  let lastText = '';
  let mounts: Mount[] = [];
  const waiting = new Set<string>();
  const readOne = async ({ mount }: Mount): Promise<DiskReading | null> => {
    if (waiting.has(mount)) return null;
    waiting.add(mount);
    const space = statfs(mount)
      .catch(() => null) // unmounted since the list was read
      .finally(() => waiting.delete(mount));
    const answer = await orLate(patienceMs, space);
    return answer === LATE || answer === null ? null : diskReading(mount, answer);
  };
  return {
    name: 'disks',
    async read() {
      const text = mountsFile.text();
      if (text !== lastText) mounts = parseMounts(text);
      lastText = text;
      const disks = await Promise.all(mounts.map(readOne));
      return { disk: disks.filter((disk) => disk !== null) };
    },
    close: () => mountsFile.close(),
  };
};

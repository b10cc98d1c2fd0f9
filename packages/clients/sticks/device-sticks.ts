import { execFile } from 'node:child_process';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { away, findFiles, locateFile, writeFileOn } from './stick-folder.ts';
import type { Sticks } from './sticks.ts';

const run = promisify(execFile);
const COMMAND_MS = 10_000;
const COLUMNS = 'NAME,PATH,RM,HOTPLUG,FSTYPE,LABEL,UUID,TYPE,MOUNTPOINTS';
/** Nothing on a stick becomes another user, a device or a program of this machine. */
const READ_ONLY = 'ro,nosuid,nodev,noexec';
const WRITABLE = 'rw,nosuid,nodev,noexec,sync';

const device = z.object({
  name: z.string(),
  path: z.string(),
  rm: z.boolean(),
  hotplug: z.boolean(),
  fstype: z.string().nullable(),
  label: z.string().nullable(),
  uuid: z.string().nullable(),
  type: z.string(),
  mountpoints: z.array(z.string().nullable()).default([]),
});
export type BlockDevice = z.infer<typeof device>;
interface Tree extends BlockDevice {
  children?: Tree[];
}
const tree: z.ZodType<Tree> = device.extend({ children: z.lazy(() => z.array(tree)).optional() });
const listing = z.object({ blockdevices: z.array(tree) });

/** File systems of sticks, as the kernel calls them. */
const FILE_SYSTEMS: Record<string, readonly string[]> = { vfat: ['vfat'], exfat: ['exfat'], ext4: ['ext4'], ntfs: ['ntfs3', 'ntfs'] };

const isRemovable = ({ rm, hotplug }: BlockDevice): boolean => rm || hotplug;
const flat = (devices: readonly Tree[]): BlockDevice[] => devices.flatMap(({ children = [], ...one }) => [one, ...flat(children)]);

/** Without udev, lsblk knows no file systems; what lies on the device itself says it. */
const probe = async (one: BlockDevice): Promise<BlockDevice> => {
  if (one.fstype !== null) return one;
  const text = await run('blkid', ['-p', '-o', 'export', one.path], { timeout: COMMAND_MS }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const value = (key: string): string | null => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.replaceAll('\\', '') ?? null;
  return { ...one, fstype: value('TYPE'), label: one.label ?? value('LABEL'), uuid: one.uuid ?? value('UUID') };
};

interface Options {
  /** Where sticks are mounted: a folder of the data folder. */
  mountRoot: string;
  /** Which devices are sticks; those that can be taken out, unless a test says otherwise. */
  isStick?: (device: BlockDevice) => boolean;
}

/** Real sticks, found by lsblk and mounted read-only; mounted for writing only while something is written. Needs the right to mount. */
export const createDeviceSticks = ({ mountRoot, isStick = isRemovable }: Options): Sticks => {
  /** What this process mounted, by the stick's id. */
  const mounted = new Map<string, { device: string; top: string; own: boolean }>();
  /** One that cannot be mounted is not tried every second. */
  const hopeless = new Set<string>();

  const devices = async (): Promise<BlockDevice[]> => {
    const { stdout } = await run('lsblk', ['--json', '--bytes', '--output', COLUMNS], { timeout: COMMAND_MS });
    const wanted = flat(listing.parse(JSON.parse(stdout)).blockdevices).filter(isStick);
    return (await Promise.all(wanted.map(probe))).filter(({ fstype }) => fstype !== null && fstype in FILE_SYSTEMS);
  };
  const idOf = ({ uuid, name }: BlockDevice): string => (uuid ?? name).replaceAll(/[^A-Za-z0-9-]/g, '');

  const unmount = async (id: string): Promise<void> => {
    const found = mounted.get(id);
    mounted.delete(id);
    if (!found?.own) return;
    // A stick that was pulled out cannot be unmounted in order; lazily it always can.
    await run('umount', [found.top], { timeout: COMMAND_MS }).catch(() => run('umount', ['-l', found.top], { timeout: COMMAND_MS }).catch(() => undefined));
    await rmdir(found.top).catch(() => undefined);
  };

  const mount = async (one: BlockDevice): Promise<boolean> => {
    const id = idOf(one);
    if (mounted.has(id)) return true;
    const elsewhere = one.mountpoints.find((point) => point !== null && !point.startsWith(mountRoot));
    if (elsewhere) {
      mounted.set(id, { device: one.path, top: elsewhere, own: false });
      return true;
    }
    if (hopeless.has(one.path)) return false;
    const top = join(mountRoot, id);
    await mkdir(top, { recursive: true, mode: 0o700 });
    for (const type of FILE_SYSTEMS[one.fstype!]!) {
      const done = await run('mount', ['-t', type, '-o', READ_ONLY, one.path, top], { timeout: COMMAND_MS }).then(
        () => true,
        () => false,
      );
      if (!done) continue;
      mounted.set(id, { device: one.path, top, own: true });
      return true;
    }
    hopeless.add(one.path);
    await rmdir(top).catch(() => undefined);
    return false;
  };

  /** What an earlier process left mounted goes, once. */
  let cleared: Promise<void> | undefined;
  const clear = (): Promise<void> =>
    (cleared ??= readdir(mountRoot).then(
      async (names) => {
        for (const name of names) {
          await run('umount', ['-l', join(mountRoot, name)], { timeout: COMMAND_MS }).catch(() => undefined);
          await rmdir(join(mountRoot, name)).catch(() => undefined); // never more than an empty folder
        }
      },
      () => undefined,
    ));

  return {
    async list() {
      await clear();
      const found = await devices();
      const paths = new Set(found.map(({ path }) => path));
      for (const path of hopeless) if (!paths.has(path)) hopeless.delete(path);
      for (const [id, { device: path }] of mounted) if (!paths.has(path)) await unmount(id);
      const there: BlockDevice[] = [];
      for (const one of found) if (await mount(one)) there.push(one);
      return there.map((one) => ({ id: idOf(one), name: one.label ?? one.name }));
    },
    async files(id, ending) {
      const found = mounted.get(id);
      return found ? findFiles(found.top, ending) : [];
    },
    async locate(id, path) {
      const found = mounted.get(id);
      return found ? locateFile(found.top, path) : null;
    },
    async write(id, name, content) {
      const found = mounted.get(id);
      if (!found) throw away('The stick is not plugged in any more.');
      if (!found.own) return writeFileOn(found.top, name, content);
      const remount = (options: string) => run('mount', ['-o', `remount,${options}`, found.top], { timeout: COMMAND_MS });
      await remount(WRITABLE).catch((cause: unknown) => {
        throw away('The stick cannot be written; it is locked, or its file system can only be read here.', cause);
      });
      try {
        await writeFileOn(found.top, name, content);
      } finally {
        await remount(READ_ONLY).catch(() => unmount(id)); // the next look mounts it read-only
      }
    },
    async close() {
      for (const id of [...mounted.keys()]) await unmount(id);
    },
  };
};

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDeviceSticks, createFolderSticks, type Sticks } from '#clients';
import { isAppError } from '#kit';

interface Adapter {
  sticks: Sticks;
  /** Plugs a stick in that holds what `fill` puts on it, or takes it out. */
  plug(fill: (top: string) => void): void;
  pull(): void;
  /** What lies on the stick, read by others. */
  read(path: string): string;
  remove(): Promise<void>;
}

const FOLDER = (): Adapter => {
  const root = mkdtempSync(join(tmpdir(), 'arasul-sticks-'));
  const top = join(root, 'BLUE');
  return {
    sticks: createFolderSticks(root),
    plug(fill) {
      mkdirSync(top);
      fill(top);
    },
    pull: () => rmSync(top, { recursive: true }),
    read: (path) => readFileSync(join(top, path), 'utf8'),
    remove: () => Promise.resolve(rmSync(root, { recursive: true, force: true })),
  };
};

/** A real file system on a loop device, mounted by the adapter as it mounts a stick. */
const LOOP = (): Adapter => {
  const work = mkdtempSync(join(tmpdir(), 'arasul-loop-'));
  const image = join(work, 'stick.img');
  const filled = join(work, 'filled');
  let loop = '';
  const mountRoot = join(work, 'mounts');
  const sticks = createDeviceSticks({ mountRoot, isStick: ({ path }) => path === loop });
  return {
    sticks,
    plug(fill) {
      mkdirSync(filled);
      fill(filled);
      execFileSync('mkfs.ext4', ['-q', '-F', '-L', 'BLUE', '-d', filled, image, '8M'], { stdio: 'ignore' });
      loop = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
    },
    pull() {
      execFileSync('losetup', ['-d', loop]);
      loop = '';
    },
    read: (path) => execFileSync('debugfs', ['-R', `cat /${path}`, image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    async remove() {
      await sticks.close();
      if (loop !== '') execFileSync('losetup', ['-d', loop]);
      rmSync(work, { recursive: true, force: true });
    },
  };
};

const mayMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const work = mkdtempSync(join(tmpdir(), 'arasul-try-'));
  try {
    const image = join(work, 'try.img');
    if (spawnSync('mkfs.ext4', ['-q', '-F', image, '2M']).status !== 0) return false;
    return spawnSync('mount', ['-o', 'loop,ro', image, work]).status === 0 && spawnSync('umount', [work]).status === 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
const loops = mayMount();
if (!loops) console.warn('NOT RUN: sticks as block devices. Loop devices and mounts need root, which this run does not have.');

describe.each([['a watched folder', FOLDER, true] as const, ['block devices', LOOP, loops] as const])('sticks: %s', (_, open, runs) => {
  let adapter: Adapter;
  beforeAll(() => void (runs && (adapter = open())));
  afterAll(() => adapter?.remove());

  test.runIf(runs)('nothing is there, then a stick with its bundles, links and hidden files left out', async () => {
    const { sticks, plug } = adapter;
    expect(await sticks.list()).toEqual([]);
    plug((top) => {
      mkdirSync(join(top, 'arasul'));
      mkdirSync(join(top, 'photos'));
      for (const [name, text] of [
        ['one.arasul', 'first'],
        ['arasul/two.ARASUL', 'second'],
        ['photos/deep.arasul', 'not looked for'],
        ['.hidden.arasul', 'no'],
        ['empty.arasul', ''],
        ['letter.txt', 'no'],
      ])
        writeFileSync(join(top, name!), text!);
      symlinkSync('/etc/passwd', join(top, 'link.arasul'));
    });
    const found = await sticks.list();
    expect(found).toMatchObject([{ name: 'BLUE' }]);
    const files = await sticks.files(found[0]!.id, '.arasul');
    expect(files.map(({ path, sizeBytes }) => [path, sizeBytes]).sort()).toEqual([
      ['arasul/two.ARASUL', 6],
      ['one.arasul', 5],
    ]);
    expect((await sticks.list())[0]!.id).toBe(found[0]!.id);
  });

  test.runIf(runs)('a file is read where it lies; what leads out of the stick is nothing', async () => {
    const { sticks } = adapter;
    const { id } = (await sticks.list())[0]!;
    expect(readFileSync((await sticks.locate(id, 'one.arasul'))!, 'utf8')).toBe('first');
    for (const path of ['link.arasul', '../../etc/passwd', '/etc/passwd', 'missing.arasul', 'arasul'])
      expect([path, await sticks.locate(id, path)]).toEqual([path, null]);
    expect(await sticks.locate('../..', 'etc/passwd')).toBeNull();
  });

  test.runIf(runs)('a receipt is written whole', async () => {
    const { sticks } = adapter;
    const { id } = (await sticks.list())[0]!;
    await sticks.write(id, 'receipt.json', '{"ok":true}');
    expect(readFileSync((await sticks.locate(id, 'receipt.json'))!, 'utf8')).toBe('{"ok":true}');
    expect((await sticks.files(id, '.part')).length).toBe(0);
  });

  test.runIf(runs && open === LOOP)('what is mounted cannot be written, run, or made a device by others meanwhile', async () => {
    const { sticks, read } = adapter;
    const { id } = (await sticks.list())[0]!;
    const file = (await sticks.locate(id, 'one.arasul'))!;
    expect(() => writeFileSync(file, 'changed')).toThrow(/EROFS/);
    const options = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.includes(`/${id} `))!
      .split(' ')[3]!
      .split(',');
    expect(options).toEqual(expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']));
    expect(read('receipt.json')).toBe('{"ok":true}');
  });

  test.runIf(runs)('pulled out, it is gone, and is told so', async () => {
    const { sticks, pull } = adapter;
    const { id } = (await sticks.list())[0]!;
    pull();
    expect(await sticks.list()).toEqual([]);
    expect([await sticks.files(id, '.arasul'), await sticks.locate(id, 'one.arasul')]).toEqual([[], null]);
    await expect(sticks.write(id, 'x', 'y')).rejects.toSatisfy((error) => isAppError(error, 'part_away'));
  });
});

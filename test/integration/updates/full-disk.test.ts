import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFolderTarget, type BackupTarget } from '#clients';
import { isAppError, systemClock } from '#kit';
import { createUpdater, readJournal, readPointer, refusalOf, updatePlaces, type RestorePoint } from '#updates';
import { makeBundleMaker } from '../../support/signed-bundles.ts';

/** A tmpfs of 330 MB stands for the disk: larger than what an update keeps free, small enough to be filled in a moment. */
const DISK_MB = 330;
const root = mkdtempSync(join(tmpdir(), 'arasul-disk-'));
const mayMount = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', root]).status === 0;
if (!mayMount) console.warn('NOT RUN: a full disk. It takes root to mount a small one, which this run is not.');

describe.runIf(mayMount)('a disk that becomes full', () => {
  const dataDir = join(root, 'data');
  const places = updatePlaces(dataDir);
  const ballast = join(root, 'ballast');
  let maker: Awaited<ReturnType<typeof makeBundleMaker>>;
  let bundle: string;

  /** Leaves `left` bytes. */
  const fill = (left = 0): void => {
    const { bavail, bsize } = statfsSync(root);
    spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4096', `count=${Math.max(0, Math.ceil((bavail * bsize - left) / 4096))}`], { stdio: 'ignore' });
  };
  const updater = (restorePoint: RestorePoint = { take: () => Promise.resolve({ sizeBytes: 1, parts: [] }) }) =>
    createUpdater({
      dataDir,
      running: { version: '0.1.0', dir: join(root, 'old'), node: process.execPath, entry: 'run.mjs' },
      box: { product: 'arasul', arch: process.arch, hardware: 'cpu' },
      clock: systemClock,
      restorePoint,
    });
  const asItWas = async (): Promise<void> => {
    rmSync(ballast, { force: true });
    expect([await readPointer(places.pointer), existsSync(places.staging), existsSync(places.lock)]).toEqual([null, false, false]);
  };
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => null,
      (problem: unknown) => problem,
    );
    expect(refusalOf(error)).toBe('no_space');
    return (error as Error).message;
  };

  beforeAll(async () => {
    maker = await makeBundleMaker();
    mkdirSync(dataDir);
    bundle = join(root, 'one.arasul');
    writeFileSync(bundle, await maker.bundle('0.2.0'));
    await updater().trust.add('maker', Buffer.from(await maker.root()));
  });
  afterEach(() => rmSync(ballast, { force: true }));
  afterAll(async () => {
    execFileSync('umount', ['-l', root]);
    rmSync(root, { recursive: true, force: true });
    await maker.remove();
  });

  test('with too little room nothing begins, and the sentence says how much is missing', async () => {
    const one = updater();
    const plan = await one.plan(bundle);
    fill(20_000_000);
    expect(await refusal(one.apply(plan, { by: 'test', source: 'test' }))).toMatch(/needs \d+ MB free .* there are \d+ MB/);
    await asItWas();
  });

  test('with none at all not even the story can be written: the same sentence, and no half of anything', async () => {
    const one = updater();
    const plan = await one.plan(bundle);
    rmSync(places.journal, { force: true });
    fill();
    expect(await refusal(one.apply(plan, { by: 'test', source: 'test' }))).toContain('nothing was changed');
    await asItWas();
  });

  test.each(['while it is unpacked', 'while the restore point is taken', 'right before the switch'])(
    'full %s: the release before stays, and the next try succeeds in telling',
    async (when) => {
      const one = updater({
        take({ folder }) {
          if (when === 'while it is unpacked') throw new Error('it came too far');
          fill();
          if (when === 'right before the switch') return Promise.resolve({ sizeBytes: 1, parts: [] });
          mkdirSync(folder, { recursive: true });
          writeFileSync(join(folder, 'settings.json'), Buffer.alloc(100_000));
          return Promise.resolve({ sizeBytes: 1, parts: [] });
        },
      });
      const plan = await one.plan(bundle);
      const onProgress = (): void => {
        if (when === 'while it is unpacked' && !existsSync(ballast)) fill();
      };
      await refusal(one.apply(plan, { by: 'test', source: 'test', onProgress }));
      await asItWas();
      await one.tidy();
      expect((await readJournal(places.journal)).some(({ state }) => state === 'switched')).toBe(false);
    },
  );

  test('a new release that fills the disk and dies goes back by itself all the same', async () => {
    mkdirSync(join(root, 'old'), { recursive: true });
    writeFileSync(join(root, 'old', 'run.mjs'), `process.exit(0);`);
    const one = updater();
    await one.apply(await one.plan(bundle), { by: 'test', source: 'test' });
    expect(readdirSync(places.reserve)).toHaveLength(4);
    fill();
    const script = `import { superviseReleases } from ${JSON.stringify(resolve('scripts/bootstrap/bootstrap.mjs'))};
      process.exitCode = (await superviseReleases({ dataDir: ${JSON.stringify(dataDir)}, own: null })) ?? 9;`;
    // Its program is nine kilobytes of nothing, so that it cannot even be run.
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ARASUL_DATA_DIR: dataDir },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('0.1.0 runs again')]);
    expect(await readPointer(places.pointer)).toMatchObject({ release: { version: '0.1.0' }, trial: null });
  });

  test('a backup that the disk has no room for does not exist; those before it are whole', async () => {
    const folder = join(root, 'backups');
    mkdirSync(folder);
    const target: BackupTarget = createFolderTarget(folder);
    async function* bytes(size: number): AsyncGenerator<Uint8Array> {
      for (let left = size; left > 0; left -= 65_536) yield await Promise.resolve(Buffer.alloc(Math.min(left, 65_536), 1));
    }
    await target.write('box/contents/one', bytes(100_000));
    await target.flush();
    fill(200_000);
    await expect(target.write('box/contents/two', bytes(5_000_000))).rejects.toSatisfy(
      (error) => isAppError(error, 'disk_full') && error.message.includes('those that are there are whole'),
    );
    rmSync(ballast);
    expect([await target.has('box/contents/one'), await target.has('box/contents/two'), readdirSync(join(folder, '.incoming'))]).toEqual([true, false, []]);
  });
});

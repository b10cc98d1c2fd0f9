import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit';
import {
  createUpdater,
  initKeyFolder,
  peekManifest,
  readJournal,
  readPointer,
  refusalOf,
  signBundleFile,
  signRelease,
  updatePlaces,
  writeBundle,
  type RestorePoint,
} from '#updates';
import { manifestOf } from '../../support/bundles.ts';

/** Real bundles, signatures, files and the real bootstrap; a few lines of script stand for the product, so that a trial takes a moment. */

const RUNTIME = Buffer.from(`#!/bin/sh\nexec ${process.execPath} "$@"\n`);
/** Tells what it found, and leaves once the bootstrap has kept it. */
const trialThat = (report: string): string => `
import { readFileSync, writeFileSync } from 'node:fs';
const data = process.env.ARASUL_DATA_DIR;
const trial = () => JSON.parse(readFileSync(data + '/releases/current.json', 'utf8')).trial;
const updateId = trial().updateId;
writeFileSync(data + '/updates/trial.json', JSON.stringify({ updateId, checks: [], ...${report} }));
setInterval(() => trial() === null && process.exit(0), 20);
`;
const GOOD = trialThat("{ verdict: 'good', checks: [{ name: 'canary', ok: true, detail: 'answered', tookMs: 1 }] }");

let work: string;
let dataDir: string;
let taken: string[];
const restorePoint: RestorePoint = {
  take({ folder }) {
    taken.push(folder);
    return Promise.resolve({ sizeBytes: 10, parts: ['settings'] });
  },
};
const places = () => updatePlaces(dataDir);
const updater = (point = restorePoint) =>
  createUpdater({
    dataDir,
    running: { version: '0.1.0', dir: join(work, 'old'), node: process.execPath, entry: 'run.mjs' },
    box: { product: 'arasul', arch: 'x64', hardware: 'cpu' },
    clock: systemClock,
    restorePoint: point,
  });
const states = async (): Promise<string[]> => (await readJournal(places().journal)).map(({ state }) => state);

const bundleOf = async (script: string, { version = '0.2.0', without = new Set<string>() } = {}): Promise<string> => {
  const files = { 'runtime/bin/node': RUNTIME, 'run.mjs': Buffer.from(script) };
  const manifest = manifestOf({ version, start: { node: 'runtime/bin/node', entry: 'run.mjs' } }, files);
  for (const { path, sha256 } of manifest.files) writeFileSync(join(work, sha256), files[path as 'run.mjs']);
  const file = join(work, 'stick', `${version}.arasul`);
  await writeBundle(file, { manifest, objectAt: (sha256) => join(work, sha256), without });
  await signBundleFile(file, file, signRelease(join(work, 'keys'), await peekManifest(file), { now: Date.now() }));
  return file;
};
const apply = async (file: string, point = restorePoint): Promise<void> => {
  const one = updater(point);
  await one.apply(await one.plan(file), { by: 'technician', source: 'stick' });
};
/** Runs what the pointer names, as a start of the box does, to its end. */
const start = (env: NodeJS.ProcessEnv = {}): number | null => {
  const script = `import { superviseReleases } from ${JSON.stringify(resolve('scripts/bootstrap/bootstrap.mjs'))};
    process.exitCode = (await superviseReleases({ dataDir: ${JSON.stringify(dataDir)}, own: null })) ?? 9;`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, ARASUL_DATA_DIR: dataDir, ...env } }).status;
};

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'arasul-apply-'));
  dataDir = join(work, 'data');
  taken = [];
  for (const folder of ['data', 'stick', 'old']) mkdirSync(join(work, folder));
  writeFileSync(join(work, 'old', 'run.mjs'), `import { writeFileSync } from 'node:fs'; writeFileSync(process.env.ARASUL_DATA_DIR + '/old-runs', '');`);
  initKeyFolder(join(work, 'keys'), { now: Date.now() });
  await updater().trust.add('maker', readFileSync(join(work, 'keys', 'root', '1.root.json')));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

describe('a signed release on its way to a box', () => {
  test('is planned without a change, applied, tried and kept, each step told', async () => {
    const file = await bundleOf(GOOD);
    const { bundle, from, components } = await updater().plan(file);
    expect({ from, to: bundle.manifest.version, by: bundle.signedBy, components }).toMatchObject({
      from: '0.1.0',
      to: '0.2.0',
      by: 'maker',
      components: [{ before: '0.1.0', version: '0.2.0' }],
    });
    expect([existsSync(places().releases), existsSync(places().journal)]).toEqual([false, false]);

    await apply(file);
    expect(taken).toHaveLength(1);
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.2.0' }, previous: { version: '0.1.0' }, trial: { attempts: 0 } });
    expect(start()).toBe(0);
    expect(await states()).toEqual(['found', 'verified', 'staged', 'backed_up', 'switched', 'trial', 'committed']);
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.2.0' }, previous: { version: '0.1.0' }, trial: null });
    expect(existsSync(join(dataDir, 'old-runs'))).toBe(false);
  });

  test.each([
    ['does not start', 'this is no script', {}, 'start', /ended with code 1/],
    ['starts and dies', `setTimeout(() => { console.error('out of luck'); process.exit(7); }, 50);`, {}, 'start', /ended with code 7/],
    ['loses recall', trialThat("{ verdict: 'bad', check: 'recall', reason: 'The search finds less than before.' }"), {}, 'recall', /finds less/],
    ['hangs', 'setInterval(() => 0, 1000);', { ARASUL_TRIAL_READY_SECONDS: '1' }, 'ready', /not ready within 1 s/],
    ['breaks a migration', `console.error('The database could not be brought up to this release'); process.exit(1);`, {}, 'start', /ended with code 1/],
  ])('one that %s goes back by itself, and the reason is kept', async (_, script, env, check, reason) => {
    await apply(await bundleOf(script));
    expect(start(env)).toBe(0);
    expect(existsSync(join(dataDir, 'old-runs'))).toBe(true);
    expect((await readJournal(places().journal)).at(-1)).toMatchObject({
      state: 'rolled_back',
      from: '0.2.0',
      to: '0.1.0',
      check,
      reason: expect.stringMatching(reason) as string,
    });
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.1.0' }, previous: null, trial: null });
  });

  test('what the release printed before it died is kept', async () => {
    await apply(await bundleOf(`console.error('out of luck'); process.exit(7);`));
    start();
    expect((await readJournal(places().journal)).at(-1)!.logLines).toContain('out of luck');
  });

  test('a delta takes what the box has already, and is refused where that was changed', async () => {
    await apply(await bundleOf(GOOD));
    start();
    const held = new Set((await readManifest('0.2.0')).map(({ sha256 }) => sha256));
    const delta = await bundleOf(`${GOOD}// newer`, { version: '0.3.0', without: held });
    writeFileSync(join(places().release('0.2.0'), 'runtime/bin/node'), 'changed');
    await expect(apply(delta)).rejects.toSatisfy((error) => refusalOf(error) === 'base_missing');
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.2.0' } });
    writeFileSync(join(places().release('0.2.0'), 'runtime/bin/node'), RUNTIME);
    await apply(delta);
    expect(start()).toBe(0);
    expect((await states()).at(-1)).toBe('committed');
  });

  test('a bundle that is exchanged after it was agreed to is refused', async () => {
    const file = await bundleOf(GOOD);
    const plan = await updater().plan(file);
    writeFileSync(file, readFileSync(await bundleOf(`${GOOD}// another`, { version: '0.2.1' })));
    await expect(updater().apply(plan, { by: 'technician', source: 'stick' })).rejects.toSatisfy((error) => refusalOf(error) === 'swapped');
    expect(await readPointer(places().pointer)).toBeNull();
    expect((await states()).at(-1)).toBe('refused');
  });

  test('without a restore point nothing is switched; a full disk says so and leaves nothing behind', async () => {
    const full = (): RestorePoint => ({ take: () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })) });
    await expect(apply(await bundleOf(GOOD), full())).rejects.toSatisfy((error) => refusalOf(error) === 'no_space');
    expect([await readPointer(places().pointer), existsSync(places().staging)]).toEqual([null, false]);
    expect((await states()).at(-1)).toBe('abandoned');
  });

  test('a person returns to the release before', async () => {
    await apply(await bundleOf(GOOD));
    start();
    await updater().rollBack({ by: 'mara', reason: 'We liked the old one.' });
    expect(start()).toBe(0);
    expect(existsSync(join(dataDir, 'old-runs'))).toBe(true);
    await expect(updater().rollBack({ by: 'mara', reason: 'Again.' })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('an update that a cut ended before the switch is closed, and can be applied again', async () => {
    const stuck: RestorePoint = { take: () => new Promise(() => undefined) };
    void apply(await bundleOf(GOOD), stuck);
    while (!(await states()).includes('staged')) await systemClock.sleep(10);
    rmSync(places().lock); // the process that held it is gone
    await updater().tidy();
    expect((await states()).at(-1)).toBe('abandoned');
    await apply(join(work, 'stick', '0.2.0.arasul'));
    expect(start()).toBe(0);
    expect((await states()).at(-1)).toBe('committed');
  });
});

const readManifest = async (version: string): Promise<{ sha256: string }[]> =>
  Promise.resolve((JSON.parse(readFileSync(places().manifest(version), 'utf8')) as { files: { sha256: string }[] }).files);

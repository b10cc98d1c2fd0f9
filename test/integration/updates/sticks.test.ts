import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpdateBundleView } from '#contracts';
import { createServiceGroup, silentLogger } from '#kit';
import { readJournal, readPointer, updatePlaces, verifyReport } from '#updates';
import { service } from '../../../services/updater/main.ts';
import { startBox, type Box, type Person } from '../../support/box.ts';
import { makeBundleMaker } from '../../support/signed-bundles.ts';
import { waitFor } from '../../support/wait.ts';

/** The watched folder stands for the sticks; that real ones do the same is the contract's (test/contract/sticks.test.ts). */
describe('M9 a stick with an update', () => {
  let box: Box;
  let owner: Person;
  let folder: string;
  let maker: Awaited<ReturnType<typeof makeBundleMaker>>;
  let group: ReturnType<typeof createServiceGroup>;
  const call = (method: string, path: string, body?: unknown) => box.request(method, `/api/v1/updates${path}`, { as: owner, body });
  const onStick = async (): Promise<UpdateBundleView[]> => (await call('GET', '/bundles')).body.bundles;
  const found = (state: string) =>
    waitFor(async () => (await onStick()).find((one) => one.state === state), { what: `a bundle that is ${state}`, timeoutMs: 20_000, everyMs: 50 });

  beforeAll(async () => {
    process.argv[1] = join(process.cwd(), 'dist', 'child.js'); // the service takes the product's folder from its entry
    box = await startBox();
    owner = await box.owner();
    folder = await mkdtemp(join(tmpdir(), 'arasul-media-'));
    maker = await makeBundleMaker();
    await call('POST', '/trust', { name: 'maker', root: await maker.root() });
    group = createServiceGroup({
      env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url, ARASUL_STICKS_DIR: folder },
      logFor: () => silentLogger,
    });
    await group.start(service);
  });
  afterAll(async () => {
    await group?.stop();
    await box.stop();
    await maker.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('is found, checked, shown with what it would change, and told to people', async () => {
    await mkdir(join(folder, '.making'));
    await writeFile(join(folder, '.making', 'arasul-0.2.0.arasul'), await maker.bundle('0.2.0'));
    await rename(join(folder, '.making'), join(folder, 'BLUE'));
    expect(await found('ready')).toMatchObject({
      origin: 'stick',
      stick: 'BLUE',
      name: 'arasul-0.2.0.arasul',
      plan: { from: '0.1.0', to: '0.2.0', signedBy: 'maker' },
    });
    const told = await waitFor(async () => (await box.rows('notifications')).find(({ topic }) => topic === 'update.found_on_stick'), {
      what: 'people to be told',
    });
    expect(told.title).toMatchObject({ en: 'Arasul 0.2.0 lies on the stick “BLUE”' });
  });

  test('applies by the same plan, and its signed receipt is written onto it', async () => {
    const bundle = await found('ready');
    expect((await call('POST', `/bundles/${bundle.id}/apply`, { sha256: bundle.plan!.sha256 })).status).toBe(202);
    const places = updatePlaces(box.dataDir);
    await waitFor(async () => (await readPointer(places.pointer))?.trial, { what: 'the switch', timeoutMs: 20_000 });
    const { updateId, source } = (await readJournal(places.journal))[0]!;
    expect(source).toBe('stick');
    // The bootstrap's verdict: nothing is written onto the stick before it.
    expect(await readdir(join(folder, 'BLUE'))).toHaveLength(1);
    await appendFile(places.journal, `${JSON.stringify({ at: new Date().toISOString(), by: 'bootstrap', updateId, state: 'committed' })}\n`);
    const name = await waitFor(async () => (await readdir(join(folder, 'BLUE'))).find((one) => one.startsWith('arasul-report-') && one.endsWith('.json')), {
      what: 'the receipt',
      timeoutMs: 15_000,
    });
    const { report } = verifyReport(await readFile(join(folder, 'BLUE', name), 'utf8'));
    expect(report.updates).toMatchObject([{ from: '0.1.0', to: '0.2.0', state: 'committed' }]);
  });

  test('another file under the same name is another bundle; what is pulled out is gone', async () => {
    await writeFile(join(folder, 'BLUE', 'arasul-0.2.0.arasul'), 'not a bundle at all');
    expect(await found('refused')).toMatchObject({ plan: null, problem: expect.any(String) as string });
    await rm(join(folder, 'BLUE'), { recursive: true });
    await waitFor(async () => (await onStick()).length === 0, { what: 'the stick to be gone', timeoutMs: 15_000 });
  });
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, photograph, watchPage } from '../support/browser.ts';
import { lossOfRecall } from '../support/broken-releases.ts';
import { BASE, startUpdatableBox, type UpdatableBox } from '../support/real-releases.ts';
import { waitFor } from '../support/wait.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const say = (what: string, figures: Record<string, number>): void =>
  console.log(
    `${what}: ${Object.entries(figures)
      .map(([name, ms]) => `${name.replace('Ms', '')} ${seconds(ms)}`)
      .join(', ')}`,
  );

describe('the product itself, from a signed bundle on a stick', () => {
  let box: UpdatableBox;
  beforeAll(async () => {
    box = await startUpdatableBox();
  }, 300_000);
  afterAll(() => box?.stop());

  test('A15 M7 is sent, planned and applied in a browser, tried by every gate and kept; its rows tell the whole story', async () => {
    const file = await box.makeRelease('0.1.2', {
      'postgres-init/migrations/9001_newer.sql': '-- Up Migration\ncreate table newer (id int);\n-- Down Migration\ndrop table newer;\n',
      'scripts/bootstrap/bootstrap.mjs': `${readFileSync('scripts/bootstrap/bootstrap.mjs', 'utf8')}// newer\n`,
    });
    expect(await box.releaseTool('verify', file, '--root', join(box.stick, '..', 'keys', 'root', '1.root.json'))).toMatch(/is good: Arasul 0\.1\.2/);
    const plan = await box.arasul('update', 'plan', file);
    expect(plan).toContain(`Arasul 0.1.2, signed by “maker”`);
    expect(plan).toContain(`This box runs ${BASE}.`);
    expect(plan).toContain('1 change of the database');

    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    const { problems } = watchPage(page, box.product.url);
    await page.goto(box.product.url);
    await page.getByLabel('User name').fill('mara');
    await page.getByLabel('Password', { exact: true }).fill('correct-horse-battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('img', { name: /^CPU over time/ }).waitFor();
    await page.goto(`${box.product.url}/system/updates`);
    const send = page.getByLabel('Send a bundle');
    await send.setInputFiles({ name: 'cut.arasul', mimeType: 'application/octet-stream', buffer: readFileSync(file).subarray(0, -1_000) });
    await page.getByText('refused').first().waitFor();
    await send.setInputFiles(file);
    await page.getByRole('button', { name: 'See what changes' }).first().click();
    await page.getByText('Signed by “maker”, good until').waitFor();
    await page.getByText('Better.').waitFor();
    await photograph(page, 'update-plan');

    const { verdict, figures } = await box.update(file, () => page.getByRole('button', { name: 'Apply 0.1.2' }).click());
    say('update', figures);
    // The page outlives the restart: it says what runs now, and what there is to return to.
    await page.getByText('Arasul 0.1.2 runs.').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: `Return to ${BASE}` }).click();
    await page.getByText(`Arasul ${BASE} would run again in place of 0.1.2.`).waitFor();
    await photograph(page, 'update-return');
    await browser.close();
    expect(problems).toEqual([]);
    expect(verdict).toMatchObject({ state: 'committed', by: 'bootstrap' });
    expect((await box.journal()).map(({ state }) => state)).toEqual(['found', 'verified', 'staged', 'backed_up', 'switched', 'trial', 'committed']);
    expect(verdict.checks!.map(({ name, ok }) => [name, ok])).toEqual(
      ['ready', 'services', 'recall', 'canary', 'metrics', 'steady'].map((name) => [name, true]),
    );
    expect(verdict.checks!.find(({ name }) => name === 'recall')!.detail).toContain('1 of 1 golden questions');
    expect(await box.call('GET', '/updates', { as: box.token })).toMatchObject({ version: '0.1.2', previous: BASE, onTrial: false });

    expect(await box.told('0.1.2', 'committed')).toMatchObject({ from: BASE, failedCheck: null, reason: null });
    await box.inDatabase(async (db) => {
      expect(await db.selectFrom('update_files').select(['filename', 'signature_verified', 'applied']).execute()).toEqual([
        { filename: 'arasul-0.1.2.arasul', signature_verified: true, applied: true },
      ]);
      const [point] = await db.selectFrom('update_backups').select(['components', 'backup_size_mb']).execute();
      expect(point!.components).toEqual(['settings', 'models', 'vectors', 'schema', 'database', 'keys']);
      expect(await db.selectFrom('component_updates').select(['component_name', 'version_from', 'version_to', 'status']).execute()).toContainEqual({
        component_name: 'Arasul',
        version_from: BASE,
        version_to: '0.1.2',
        status: 'completed',
      });
      expect(await db.selectFrom('update_rollbacks').select('id').execute()).toEqual([]);
      expect(
        await db
          .selectFrom('newer' as never)
          .selectAll()
          .execute(),
      ).toEqual([]);
    });
    // The bootstrap of a release that was kept is the next start's; the one before stays in the other slot.
    const slots = join(box.places.releases, 'bootstrap');
    const isNewer = (slot: string): boolean => readFileSync(join(slots, slot, 'bootstrap.mjs'), 'utf8').endsWith('// newer\n');
    const active = await waitFor(
      () => {
        const { slot } = JSON.parse(readFileSync(join(slots, 'active.json'), 'utf8')) as { slot: string };
        return isNewer(slot) && slot;
      },
      { what: 'the newer bootstrap to be in use', timeoutMs: 30_000 },
    );
    expect(isNewer(active === 'a' ? 'b' : 'a')).toBe(false);
  }, 300_000);

  test('A15 M7 one that loses recall goes back by itself: program, schema, vectors, models and settings together, and says why', async () => {
    await box.call('PATCH', '/settings', { as: box.token, body: { general: { boxName: 'Kestrel' } } });
    const state = () =>
      box.inDatabase(async (db) => ({
        settings: await db.selectFrom('app_settings').select(['key', 'value']).orderBy('key').execute(),
        models: await db.selectFrom('models').select('id').where('active', '=', true).orderBy('id').execute(),
        search: await db.selectFrom('search_models').select('serving_model').execute(),
        vectors: await db
          .selectFrom('document_embeddings')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirst(),
      }));
    const before = await state();
    const { verdict, figures } = await box.update(await box.makeRelease('0.1.3', lossOfRecall()));
    say('roll-back', figures);
    expect(verdict).toMatchObject({ state: 'rolled_back', from: '0.1.3', to: '0.1.2', check: 'recall' });
    expect(verdict.reason).toMatch(/finds less than before: 0 of 1/);
    expect(verdict.logLines!.length).toBeGreaterThan(0);

    const told = await box.told('0.1.3', 'rolled_back');
    expect(told).toMatchObject({ from: '0.1.2', failedCheck: 'recall', reason: verdict.reason });
    expect(told.logLines.length).toBeGreaterThan(0);
    expect(await box.call('GET', '/updates', { as: box.token })).toMatchObject({ version: '0.1.2', onTrial: false });
    const rollback = await box.settled('0.1.3');
    expect(rollback).toMatchObject({ success: true, error_message: null, rollback_reason: verdict.reason });
    expect(await state()).toEqual(before);
    await box.inDatabase(async (db) => {
      await expect(
        db
          .selectFrom('newest' as never)
          .selectAll()
          .execute(),
      ).rejects.toThrow(/does not exist/);
      expect(
        await db
          .selectFrom('newer' as never)
          .selectAll()
          .execute(),
      ).toEqual([]);
    });
    expect(existsSync(join(box.places.release('0.1.2'), 'dist', 'launcher.js'))).toBe(true);
    expect((await box.askGolden()).foundAt5).toBe(1);

    // M9: back home on the same stick.
    expect(await box.arasul('update', 'report', box.stick)).toContain('is written');
    const report = join(
      box.stick,
      readdirSync(box.stick).find((name) => name.startsWith('arasul-report-'))!,
    );
    expect(await box.releaseTool('receipt', report)).toMatch(/is genuine[^]*runs Arasul 0\.1\.2/);
    for (const name of ['manual.pdf', 'mara', 'Kestrel', 'warranty']) expect(readFileSync(report, 'utf8')).not.toContain(name);
  }, 300_000);
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UpdateBundleView, UpdateRequestView, UpdatesView } from '#contracts';
import { createServiceGroup, silentLogger } from '#kit';
import { readPointer, updatePlaces } from '#updates';
import { clearUploads } from '../../../services/updater/clear-uploads.ts';
import { runCommand } from '../../../scripts/arasul/main.ts';
import { service } from '../../../services/updater/main.ts';
import { requestsRepository } from '../../../services/updater/requests.repository.ts';
import { startBox, type Answer, type Box, type Person } from '../../support/box.ts';
import { makeBundleMaker } from '../../support/signed-bundles.ts';
import { waitFor } from '../../support/wait.ts';

/** A real signed bundle, the backend and the updater with its process, as in a box; no launcher, so that the switch waits for the next start. */

const CHUNK = 3_000;
const DAY_MS = 86_400_000;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('updates, from the dashboard', () => {
  let box: Box;
  let owner: Person;
  let maker: Awaited<ReturnType<typeof makeBundleMaker>>;
  let group: ReturnType<typeof createServiceGroup>;
  const places = () => updatePlaces(box.dataDir);

  const bundleOf = (version: string): Promise<Buffer> => maker.bundle(version);
  const call = (method: string, path: string, body?: unknown, as: Person = owner) => box.request(method, `/api/v1/updates${path}`, { as, body });
  const piece = (id: string, offset: number, bytes: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
    box.request('PUT', `/api/v1/updates/uploads/${id}?offset=${offset}`, {
      as: owner,
      body: bytes,
      headers: { 'content-type': 'application/octet-stream', ...headers },
    });
  const send = async (name: string, bytes: Buffer): Promise<string> => {
    const { body } = await call('POST', '/uploads', { name, sizeBytes: bytes.length });
    for (let at = body.receivedBytes; at < bytes.length; at += CHUNK) expect((await piece(body.id, at, bytes.subarray(at, at + CHUNK))).status).toBe(200);
    return body.id;
  };
  const bundle = async (id: string): Promise<UpdateBundleView | undefined> =>
    ((await call('GET', '/bundles')).body.bundles as UpdateBundleView[]).find((one) => one.id === id);
  const checked = (id: string) =>
    waitFor(
      async () => {
        const found = await bundle(id);
        return found?.state === 'ready' || found?.state === 'refused' ? found : null;
      },
      { what: 'the bundle to be checked', timeoutMs: 30_000, everyMs: 50 },
    );
  const ended = (id: string) =>
    waitFor(
      async () => ((await call('GET', '/bundles')).body.requests as UpdateRequestView[]).find((one) => one.id === id && ['done', 'failed'].includes(one.state)),
      { what: 'the request to end', timeoutMs: 30_000, everyMs: 50 },
    );
  const audited = async (): Promise<string[]> =>
    (await box.rows('audit_log')).map(({ action }) => action as string).filter((action) => action.startsWith('update'));

  beforeAll(async () => {
    process.argv[1] = join(process.cwd(), 'dist', 'child.js'); // the service takes the product's folder from its entry
    box = await startBox();
    owner = await box.owner();
    maker = await makeBundleMaker();
    group = createServiceGroup({ env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url }, logFor: () => silentLogger });
    await group.start(service);
  });
  afterAll(async () => {
    await group?.stop();
    await box.stop();
    await maker.remove();
  });

  test('only administrators see, send, apply and trust', async () => {
    const user = await box.user('user');
    for (const [method, path, body] of [
      ['GET', '/bundles'],
      ['POST', '/uploads', { name: 'x', sizeBytes: 1 }],
      ['GET', '/roll-back'],
      ['POST', '/roll-back'],
      ['POST', '/trust', { name: 'me', root: '{}' }],
    ] as const)
      expect([path, (await call(method, path, body, user)).status]).toEqual([path, 403]);
  });

  test('a maker is looked at, then trusted; what is no root is refused', async () => {
    const early = await checked(await send('early.arasul', await bundleOf('0.2.0')));
    expect(early).toMatchObject({ state: 'refused', refusal: 'nobody_trusted' });
    const root = await maker.root();
    expect((await call('POST', '/trust/look', { root: '{"a":1}' })).body.error.message).toContain('no root');
    const { body: seen } = await call('POST', '/trust/look', { root });
    expect(seen.keys.length).toBeGreaterThan(1);
    expect((await call('POST', '/trust', { name: 'maker', root })).body).toMatchObject({ origin: 'owner', keys: seen.keys });
    expect((await call('POST', '/trust', { name: 'maker', root })).status).toBe(409);
    await call('POST', `/bundles/${early.id}/check`);
    await waitFor(async () => (await bundle(early.id))?.state === 'ready', { what: 'the bundle to be taken now' });
    expect((await call('DELETE', `/bundles/${early.id}`)).status).toBe(204);
    expect(await readdir(places().incoming)).toEqual([]);
  });

  test('a bundle comes in pieces, goes on where it was cut off, and its plan says what it would change', async () => {
    const bytes = await bundleOf('0.3.0');
    const announced = { name: 'arasul-0.3.0.arasul', sizeBytes: bytes.length, sha256: sha256(bytes) };
    const { status, body: begun } = await call('POST', '/uploads', announced);
    expect([status, begun.receivedBytes, begun.state]).toEqual([201, 0, 'receiving']);
    const first = bytes.subarray(0, CHUNK);
    expect((await piece(begun.id, 0, first, { 'x-content-sha256': sha256(bytes) })).status).toBe(422);
    expect((await piece(begun.id, 0, first, { 'x-content-sha256': sha256(first) })).body.receivedBytes).toBe(CHUNK);
    // The same piece again, and one too far: neither is taken, and the answer says where to go on.
    for (const offset of [0, 2 * CHUNK])
      expect(await piece(begun.id, offset, first)).toMatchObject({ status: 409, body: { error: { details: { receivedBytes: CHUNK } } } });
    expect((await piece(begun.id, CHUNK, Buffer.alloc(bytes.length))).status).toBe(413);
    expect((await piece(begun.id, CHUNK, first, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call('POST', `/bundles/${begun.id}/apply`, { sha256: sha256(bytes) })).status).toBe(409);

    const again = (await call('POST', '/uploads', announced)).body;
    expect([again.id, again.receivedBytes]).toEqual([begun.id, CHUNK]);
    for (let at = CHUNK; at < bytes.length; at += CHUNK) await piece(begun.id, at, bytes.subarray(at, at + CHUNK));
    const { plan } = await checked(begun.id);
    expect(plan).toMatchObject({ from: '0.1.0', to: '0.3.0', signedBy: 'maker', durationMs: 60_000, changes: { de: ['Schneller.'] } });
    expect(plan!.risks.en.at(-1)).toContain('returns to the release before by itself');
    expect(plan!.risks.de).toHaveLength(plan!.risks.en.length);
    expect(plan!.freeBytes).toBeGreaterThan(plan!.spaceBytes);
  });

  test('what is too large, damaged, or not what was announced is refused in a sentence', async () => {
    expect((await call('POST', '/uploads', { name: 'film.mkv', sizeBytes: 2 ** 45 })).status).toBe(413);
    const bytes = await bundleOf('0.4.0');
    const changed = Buffer.from(bytes);
    changed[changed.indexOf('"version":"0.4.0"') + 12] = 0x39;
    expect(await checked(await send('changed.arasul', changed))).toMatchObject({ state: 'refused', refusal: expect.any(String) as string, plan: null });
    const { body } = await call('POST', '/uploads', { name: 'other.arasul', sizeBytes: CHUNK, sha256: sha256(bytes) });
    expect((await piece(body.id, 0, bytes.subarray(0, CHUNK))).body).toMatchObject({ state: 'refused', refusal: 'damaged' });
    expect(existsSync(places().incomingFile(body.id))).toBe(false);
  });

  test('applied after its plan was read, with its steps; a second one waits for nobody', async () => {
    const ready = ((await call('GET', '/bundles')).body.bundles as UpdateBundleView[]).find(({ state }) => state === 'ready')!;
    expect((await call('POST', `/bundles/${ready.id}/apply`, { sha256: 'a'.repeat(64) })).status).toBe(409);
    const asked = await call('POST', `/bundles/${ready.id}/apply`, { sha256: ready.plan!.sha256 });
    expect(asked.status).toBe(202);
    expect(await ended(asked.body.id)).toMatchObject({ state: 'done', error: null });
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.3.0' }, previous: { version: '0.1.0' }, trial: { attempts: 0 } });
    const { current } = (await call('GET', '')).body as UpdatesView;
    expect(current).toMatchObject({ from: '0.1.0', to: '0.3.0', state: 'switched' });
    expect(current!.steps.map(({ state }) => state)).toEqual(['found', 'verified', 'staged', 'backed_up', 'switched']);
    expect(current!.leftMs).toBeGreaterThan(10_000);
    // On trial: the next one has to wait for the verdict.
    const other = await checked(await send('0.5.0.arasul', await bundleOf('0.5.0')));
    const second = (await call('POST', `/bundles/${other.id}/apply`, { sha256: other.plan!.sha256 })).body;
    expect((await ended(second.id))?.error).toContain('on trial');
    await waitFor(async () => (await call('GET', '/history')).body.items[0]?.state === 'switched', { what: 'the story' });
  });

  test('the way back says what would be lost, and is gone', async () => {
    await box.request('PATCH', '/api/v1/settings', { as: owner, body: { general: { boxName: 'Werkstatt' } } });
    const { body: preview } = await call('GET', '/roll-back');
    expect(preview).toMatchObject({ to: '0.1.0', settings: [{ key: 'general.boxName', now: 'Werkstatt', then: null }] });
    expect(await ended((await call('POST', '/roll-back')).body.id)).toMatchObject({ state: 'done' });
    expect(await readPointer(places().pointer)).toMatchObject({ release: { version: '0.1.0' }, previous: null });
    expect((await call('POST', '/roll-back')).status).toBe(409);
    expect(((await call('GET', '')).body as UpdatesView).current).toBeNull();
  });

  test('signed updates are applied at the hour that was set, once', async () => {
    const ready = await checked(await send('0.6.0.arasul', await bundleOf('0.6.0')));
    await box.request('PATCH', '/api/v1/settings', { as: owner, body: { updates: { automatic: 'on', hour: new Date().getHours() } } });
    await waitFor(async () => (await readPointer(places().pointer))?.release.version === '0.6.0', { what: 'the update by itself', timeoutMs: 20_000 });
    const { policy } = (await call('GET', '')).body as UpdatesView;
    expect([policy.automatic, policy.timeZone.length > 0, Date.parse(policy.nextAt!) > Date.now()]).toEqual(['on', true, true]);
    await waitFor(async () => (await bundle(ready.id))?.state === 'applied', { what: 'the bundle to be done with' });
    // Its stick was pulled and put back: what was tried once is for a person to try again.
    const { db } = box.database;
    await db.updateTable('update_bundles').set({ state: 'ready' }).where('id', '=', ready.id).execute();
    expect((await requestsRepository.listUntried(db)).map(({ id }) => id)).not.toContain(ready.id);
    await db.updateTable('update_bundles').set({ state: 'applied' }).where('id', '=', ready.id).execute();
  });

  test('the same from the command line: what is here, the hour, and what a way back would lose', async () => {
    const lines: string[] = [];
    const run = (...words: string[]) =>
      runCommand({
        root: process.cwd(),
        env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url },
        words: ['update', ...words],
        say: (line) => lines.push(line),
        complain: (line) => lines.push(line),
      });
    expect(await run('bundles')).toBe(0);
    expect(lines.join('\n')).toMatch(/applied +0\.6\.0\.arasul .* sent/);
    expect([await run('policy', 'off', '4'), lines.at(-1)]).toEqual([0, 'Bundles wait for somebody to apply them.']);
    expect([await run('policy', 'on'), lines.at(-1)]).toEqual([0, expect.stringContaining('at 04:00')]);
    expect([await run('policy', 'on', '24'), lines.at(-1)]).toEqual([1, expect.stringContaining('“24” is no hour')]);
    lines.length = 0;
    expect(await run('roll-back')).toBe(0);
    expect(lines).toEqual(
      expect.arrayContaining([expect.stringContaining('Arasul 0.1.0 would run again'), expect.stringMatching(/ {2}updates\.hour: 4 becomes /)]),
    );
  });

  test('half uploads are cleared away when nobody went on', async () => {
    const { body } = await call('POST', '/uploads', { name: 'half.arasul', sizeBytes: 10_000 });
    await piece(body.id, 0, Buffer.alloc(100));
    await writeFile(join(places().incoming, 'stray.arasul'), 'x');
    await clearUploads(box.database.db, places(), Date.now());
    expect([existsSync(places().incomingFile(body.id)), await bundle(body.id)]).toEqual([true, expect.objectContaining({ receivedBytes: 100 })]);
    expect(existsSync(join(places().incoming, 'stray.arasul'))).toBe(false);
    await clearUploads(box.database.db, places(), Date.now() + 2 * DAY_MS);
    expect([existsSync(places().incomingFile(body.id)), await bundle(body.id)]).toEqual([false, undefined]);
    expect((await piece(body.id, 100, Buffer.alloc(100))).status).toBe(404);
  });

  test('a maker is revoked, and its bundles with it; all of it stands in the audit log', async () => {
    expect((await call('POST', '/trust/maker/revoke')).body.revoked).toBe(true);
    expect(await checked(await send('late.arasul', await bundleOf('0.7.0')))).toMatchObject({ state: 'refused' });
    expect((await call('POST', '/trust/maker/restore')).body.revoked).toBe(false);
    expect((await call('POST', '/trust/nobody/revoke')).status).toBe(404);
    expect(new Set(await audited())).toEqual(
      new Set([
        'update.upload_begun',
        'update.uploaded',
        'update.bundle_removed',
        'update.apply_asked',
        'update.roll_back_asked',
        'update_trust.added',
        'update_trust.revoked',
        'update_trust.restored',
      ]),
    );
  });
});

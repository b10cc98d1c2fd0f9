import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate, openDatabase } from '#db';
import { silentLogger } from '#kit';
import { runCommand } from '../../scripts/arasul/main.ts';
import { makeDataFolder } from '../../services/launcher/data-folder.ts';
import { startEmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';
import { takeLock } from '../../services/launcher/lock.ts';
import { PASSWORD, startBox, type Box } from '../support/box.ts';

const run = async (env: Record<string, string>, ...words: string[]): Promise<{ code: number; said: string; complained: string }> => {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runCommand({ root: process.cwd(), env, words, say: (line) => said.push(line), complain: (line) => complained.push(line) });
  return { code, said: said.join('\n'), complained: complained.join('\n') };
};
const passwordIn = (text: string): string => /^ {2}(\S+)$/m.exec(text)![1]!;

describe('the command line beside a running box', () => {
  let box: Box;
  let env: Record<string, string>;
  beforeAll(async () => {
    box = await startBox();
    await box.owner();
    env = { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url };
  });
  afterAll(() => box.stop());

  test('a reset ends the sessions at once, unlocks, and the one-time password must be changed', async () => {
    const person = await box.user('user', 'mara');
    for (let n = 0; n < 5; n += 1) await box.login('mara', 'not-the-password');
    expect((await box.request('GET', '/api/v1/auth/me', { as: person })).status).toBe(200);
    const { code, said } = await run(env, 'reset-password', 'MARA');
    expect(code).toBe(0);
    expect(await box.request('GET', '/api/v1/auth/me', { as: person })).toMatchObject({ status: 401 });
    expect(await box.login('mara', PASSWORD)).toMatchObject({ status: 401 });
    expect(await box.login('mara', passwordIn(said))).toMatchObject({ status: 200, body: { user: { mustChangePassword: true } } });
    expect(await box.rows('audit_log', { action: 'password.reset', subject: 'mara' })).toMatchObject([{ actor: 'command line' }]);
    expect(JSON.stringify(await box.rows('audit_log'))).not.toContain(passwordIn(said));
  });

  test('a lost second factor goes only when it is asked for', async () => {
    await box.user('user', 'nils');
    await box.database.db.updateTable('admin_users').set({ totp_enabled: true, totp_secret_encrypted: 'x' }).where('username', '=', 'nils').execute();
    await run(env, 'reset-password', 'nils');
    expect(await box.rows('admin_users', { username: 'nils' })).toMatchObject([{ totp_enabled: true }]);
    await run(env, 'reset-password', 'nils', '--without-totp');
    expect(await box.rows('admin_users', { username: 'nils' })).toMatchObject([{ totp_enabled: false, totp_secret_encrypted: null }]);
  });

  test('it lists the accounts', async () => {
    const { said } = await run(env, 'users');
    expect(said).toMatch(/^owner +owner +last signed in 20/m);
  });

  test('what is wrong, what is watched and what is silenced, from the machine itself', async () => {
    await run(env, 'alerts', 'thresholds', 'disk_warning=71');
    expect(await run(env, 'alerts', 'thresholds')).toMatchObject({ code: 0, said: expect.stringContaining('disk_warning=71\ndisk_critical=95') });
    expect(await run(env, 'alerts', 'thresholds', 'disk_warnin=71')).toMatchObject({
      code: 1,
      complained: expect.stringContaining('alert_thresholds.disk_warnin'),
    });
    expect((await run(env, 'alerts')).said).toBe('Nothing is wrong now.');
    const silence = await run(env, 'alerts', 'silence', 'disk', '2h', 'a', 'new', 'disk');
    expect((await run(env, 'alerts')).said).toMatch(/silent {2}disk until .* a new disk$/);
    expect(await run(env, 'alerts', 'speak', /speak (\S+)”/.exec(silence.said)![1]!)).toMatchObject({ code: 0 });
    expect((await run(env, 'incidents')).said).toBe('No incident yet.');

    const file = join(box.dataDir, 'rule.json');
    const definition = { signal: 'queue.waiting', side: 'above', levels: [{ severity: 'warning', enter: 9, leave: 3 }], sentence: { en: 'Long line' } };
    await writeFile(file, JSON.stringify({ name: 'Long line', definition }));
    expect((await run(env, 'rules', 'create', file)).said).toMatch(/own .*warning >= 9 {2}Long line$/);
    expect((await run(env, 'rules', 'try', 'Long line', '1')).said).toContain('0 incidents, 0 messages.');
    expect((await run(env, 'rules', 'off', 'Long line')).said).toContain('off');
    expect(JSON.parse((await run(env, 'rules', 'show', 'Long line')).said)).toMatchObject({ enabled: false, definition });
    await writeFile(file, JSON.stringify({ name: 'x', definition: { ...definition, lvels: [] } }));
    expect(await run(env, 'rules', 'create', file)).toMatchObject({ code: 1, complained: expect.stringContaining('`definition.lvels` is not known') });
    expect((await run(env, 'rules', 'remove', 'Long line')).code).toBe(0);
    expect(await run(env, 'rules', 'on', 'Long line')).toMatchObject({ code: 1, complained: expect.stringContaining('There is no rule') });
  });

  test('an unknown name and an unknown command are sentences', async () => {
    expect(await run(env, 'reset-password', 'nobody')).toMatchObject({ code: 1, said: '', complained: expect.stringContaining('no account named “nobody”') });
    expect(await run(env, 'reset-pasword', 'mara')).toMatchObject({ code: 1, complained: expect.stringContaining('Did you mean “reset-password”?') });
  });
});

describe('the command line on a data folder', () => {
  let dataDir: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'arasul-cli-'));
    env = { ARASUL_DATA_DIR: dataDir };
    makeDataFolder(dataDir, '0.0.0');
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  const lockFile = () => join(dataDir, 'run', 'launcher.lock');

  test('without a box it says how to make one', async () => {
    expect(await run(env, 'users')).toMatchObject({ code: 1, complained: expect.stringContaining('npm start') });
    expect(await run(env, 'status')).toMatchObject({ code: 3, said: expect.stringContaining('not running') });
  });

  test('it finds the database of the box that runs, and leaves it running', async () => {
    const server = await startEmbeddedPostgres({ dataDir, durable: false });
    const release = takeLock(lockFile(), 'http://localhost:8080');
    try {
      await migrate({ url: server.url, folder: 'postgres-init/migrations' });
      const database = openDatabase({ url: server.url, log: silentLogger });
      await database.db.insertInto('admin_users').values({ username: 'mara', password_hash: 'x', role: 'owner' }).execute();
      expect(await run(env, 'users')).toMatchObject({ code: 0, said: expect.stringMatching(/^mara +owner +never signed in$/m) });
      expect(await run(env, 'status')).toMatchObject({ code: 0, said: expect.stringContaining('http://localhost:8080') });
      await database.ping();
      await database.close();
    } finally {
      release();
      await server.stop();
    }
  });

  test('while the box is stopped it starts the database for itself, and stops it again', async () => {
    const { code, said } = await run(env, 'reset-password', 'mara');
    expect(code).toBe(0);
    expect(passwordIn(said)).toMatch(/^(\w{5}-){3}\w{5}$/);
    expect(existsSync(lockFile())).toBe(false);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
    expect(await run(env, 'users')).toMatchObject({ code: 0, said: expect.stringContaining('must choose a password') });
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '#db';
import { silentLogger } from '#kit';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';

const parent = mkdtempSync(join(tmpdir(), 'arasul-pg-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
// Longer than a socket's address may be: the server's socket must find another place.
const dataDir = join(parent, 'a-folder-with-a-rather-long-name-'.repeat(4), 'data');

const ask = async <T>(url: string, text: string): Promise<T[]> => {
  const database = openDatabase({ url, log: silentLogger, max: 1 });
  try {
    return (await sql.raw<T>(text).execute(database.db)).rows;
  } finally {
    await database.close();
  }
};

const withServer = async (work: (server: EmbeddedPostgres) => Promise<void>): Promise<void> => {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
};

describe('the embedded database', () => {
  test('leftovers of an interrupted first start are no obstacle', async () => {
    mkdirSync(join(dataDir, 'postgres.new-1/base'), { recursive: true });
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/postmaster.pid'), 'half a f');
    await withServer(async ({ url, socketDir }) => {
      expect(dirname(socketDir)).toBe(tmpdir());
      await ask(url, "create table kept as select 'still here' as text");
    });
  }, 60_000);

  test('the application owns its database and is no superuser; nothing listens on the network', async () => {
    await withServer(async ({ url }) => {
      expect(await ask(url, 'select current_database() as database, rolsuper, rolcreatedb from pg_roles where rolname = current_user')).toEqual([
        { database: 'arasul_db', rolsuper: false, rolcreatedb: false },
      ]);
      expect(await ask(url, "select setting from pg_settings where name = 'listen_addresses'")).toEqual([{ setting: '' }]);
      await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication failed/);
    });
  }, 60_000);

  test('letters of all languages are letters: case, sorting and words do not depend on the machine', async () => {
    await withServer(async ({ url }) => {
      expect(await ask(url, "select lower('ÄÉЖ') as lower, to_tsvector('german', '„Häuser“ – bauen')::text as words")).toEqual([
        { lower: 'äéж', words: "'bau':2 'haus':1" },
      ]);
    });
  }, 60_000);

  test('a lost folder of secrets costs the passwords, not the data', async () => {
    rmSync(join(dataDir, 'secrets'), { recursive: true });
    await withServer(async ({ url }) => {
      expect(await ask(url, 'select text from kept')).toEqual([{ text: 'still here' }]);
    });
  }, 60_000);

  test('data whose version file is gone is never made anew', async () => {
    const version = join(dataDir, 'postgres/PG_VERSION');
    const kept = readFileSync(version, 'utf8');
    rmSync(version);
    await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toThrow('is damaged');
    writeFileSync(version, kept);
  });

  test('a server that an earlier run left behind is stopped first', async () => {
    const left = await startEmbeddedPostgres({ dataDir, durable: false });
    await withServer(async ({ url, pid }) => {
      expect(await left.exited).toBe('ended with code 0');
      expect(pid).not.toBe(left.pid);
      expect(await ask(url, 'select text from kept')).toHaveLength(1);
    });
  }, 60_000);
});

import { createHash, type Hash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { migrate, quoteName, runAsAdministrator, withRestoration, type CopySession } from '#db';
import { AppError } from '#kit';
import { inDatabase, partsOf } from './admin-url.ts';
import type { ContentReader } from './contents.ts';
import type { KeptTable, Manifest } from './manifest.ts';
import type { createProgress } from './progress.ts';
import { copyInto, copyOutOf } from './tables.ts';

interface Needs {
  /** How the box reaches its own database. */
  url: string;
  adminUrl: string;
  /** This release's. */
  migrationsDir: string;
  reader: ContentReader;
  progress: ReturnType<typeof createProgress>;
  signal?: AbortSignal;
}

/** Errors: `backup_too_new` when the backup has seen a migration that this release does not know. */
export const checkLevel = async (manifest: Manifest, migrationsDir: string): Promise<void> => {
  const known = new Set((await readdir(migrationsDir)).map((name) => name.replace(/\.sql$/, '')));
  const unknown = manifest.migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new AppError('backup_too_new', {
    message: `This backup was made by a newer release (${manifest.version}), whose database this one does not know. Update this box first, then restore.`,
    details: { version: manifest.version, migrations: unknown },
  });
};

/** The schema as it was when the backup was made: that release's migrations and no later one. */
const migrateToLevel = async (manifest: Manifest, url: string, migrationsDir: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'arasul-level-'));
  try {
    for (const name of manifest.migrations) await copyFile(join(migrationsDir, `${name}.sql`), join(folder, `${name}.sql`));
    await migrate({ url, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const differs = (table: KeptTable) =>
  new AppError('backup_damaged', { message: `The table ${table.name} could not be restored as it was: what is in it now differs from what was read.` });

const fill = async (session: CopySession, table: KeptTable, { reader, progress, signal }: Needs): Promise<void> => {
  const put: Hash = createHash('sha256');
  async function* rows(): AsyncGenerator<Uint8Array> {
    for (const segment of table.segments) {
      signal?.throwIfAborted();
      for await (const part of reader.read(segment)) {
        put.update(part);
        yield part;
      }
      progress.add(segment.sizeBytes);
    }
  }
  await pipeline(rows, session.copyIn(copyInto(table)));
  // Read back: the rows that the database has now are, byte for byte, the rows that it had.
  const found: Hash = createHash('sha256');
  for await (const part of session.copyOut(copyOutOf({ ...table, sizeBytes: 0 })) as AsyncIterable<Buffer>) found.update(part);
  if (found.digest('hex') !== put.digest('hex')) throw differs(table);
  const [counted] = await session.query<{ n: number }>(`select count(*)::float8 as n from only public.${quoteName(table.name)}`);
  if (counted?.n !== table.rows) throw differs(table);
};

/**
 * Makes the database `name` beside the box's own, fills it from the backup, compares each table's rows and count with what was read, and
 * brings it up to this release. On any error it is gone again. Errors: `backup_too_new`, `backup_damaged`, `disk_full`, `backup_target_away`.
 */
export const restoreDatabase = async (manifest: Manifest, name: string, needs: Needs): Promise<void> => {
  const { url, adminUrl, migrationsDir, signal } = needs;
  await checkLevel(manifest, migrationsDir);
  const own = inDatabase(url, name);
  await runAsAdministrator(adminUrl, [
    `create database ${quoteName(name)} owner ${quoteName(partsOf(url).role)}`,
    `revoke all on database ${quoteName(name)} from public`,
  ]);
  try {
    await migrateToLevel(manifest, own, migrationsDir);
    const parts = manifest.tables.flatMap(({ name: part, partition }) =>
      partition ? [`create table if not exists public.${quoteName(part)} partition of public.${quoteName(partition.of)} ${partition.bounds}`] : [],
    );
    await runAsAdministrator(own, parts); // as the box's role, which is to own them
    const whole = manifest.tables.filter(({ partition }) => !partition).map((table) => `public.${quoteName(table.name)}`);
    await withRestoration(inDatabase(adminUrl, name), async (session) => {
      if (whole.length > 0) await session.query(`truncate table ${whole.join(', ')} cascade`);
      for (const table of manifest.tables) await fill(session, table, needs);
      for (const { name: sequence, value, called } of manifest.sequences)
        await session.query('select setval($1::regclass, $2::bigint, $3)', [`public.${quoteName(sequence)}`, value, called]);
    });
    signal?.throwIfAborted();
    await migrate({ url: own, folder: migrationsDir });
  } catch (error) {
    await dropDatabase(adminUrl, name).catch(() => undefined);
    throw inWords(error);
  }
};

export const dropDatabase = (adminUrl: string, name: string): Promise<void> =>
  runAsAdministrator(adminUrl, [`drop database if exists ${quoteName(name)} with (force)`]);

const inWords = (cause: unknown): unknown =>
  (cause as { code?: string }).code === '53100'
    ? new AppError('disk_full', {
        message: 'The disk is too full to restore this backup. Nothing of the box was changed; free some space and try again.',
        cause,
      })
    : cause;

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { AppError } from '#kit';
import { defineFixup, type Needs } from '../types.ts';

const KEEP_ROLLUP_DAYS = 90;
/** What is written to the cache and must not be lost while the database is away. */
const NOT_CACHE = ['metrics-backlog.ndjson'];
const PART_TTL_MS = 24 * 3_600_000;

const sizeOf = async (path: string): Promise<number> => {
  const info = await stat(path).catch(() => null);
  if (!info) return 0;
  if (!info.isDirectory()) return info.size;
  const names = await readdir(path).catch(() => []);
  return (await Promise.all(names.map((name) => sizeOf(join(path, name))))).reduce((sum, size) => sum + size, 0);
};

/** Removes what `pick` names in a folder. Returns the bytes that it held. */
const sweep = async (folder: string, pick: (name: string, ageMs: number) => boolean): Promise<number> => {
  let freed = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (!info || !pick(name, Date.now() - info.mtimeMs)) continue;
    const size = await sizeOf(path);
    await rm(path, { recursive: true, force: true });
    freed += size;
  }
  return freed;
};

const oldRollups = async ({ database }: Pick<Needs, 'database'>): Promise<void> => {
  for (const table of ['metrics_rollup_1m', 'metrics_rollup_5m', 'metrics_rollup_1h'])
    await sql`delete from ${sql.table(table)} where bucket < now() - make_interval(days => ${KEEP_ROLLUP_DAYS})`.execute(database.db);
};

/** By policy: caches, then old logs, then old roll-ups. Never a document, a conversation, a model or a backup. */
export const diskFree = defineFixup({
  id: 'disk.free',
  proofMs: 90_000,
  canary: false,
  async apply(needs) {
    const { dataDir } = needs;
    const freed =
      (await sweep(join(dataDir, 'cache'), (name) => !NOT_CACHE.includes(name))) +
      (await sweep(join(dataDir, 'logs'), (name) => /\.\d+(\.gz)?$|\.old$/.test(name))) +
      (await sweep(join(dataDir, 'objects', 'tmp'), (_name, ageMs) => ageMs > PART_TTL_MS));
    await oldRollups(needs).catch((error: unknown) => {
      throw new AppError('database_away', { message: 'Old roll-ups could not be removed.', cause: error, retryAfterMs: 5_000 });
    });
    return `${(freed / 1e6).toFixed(1)} MB of caches and old logs were removed, and roll-ups older than ${KEEP_ROLLUP_DAYS} days.`;
  },
});

import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { AppError } from '#kit';

/** Any constant will do, as long as every release uses the same: it keeps two starts from migrating at once. */
const MIGRATION_LOCK = 7_266_278;
const MIGRATIONS_TABLE = 'schema_migrations';

interface MigrateOptions {
  /** Connection string of a role that owns the database. */
  url: string;
  /** Folder with `NNNN_name.sql`. */
  folder: string;
  onStep?: (name: string) => void;
}

const appliedNames = async (client: pg.Client): Promise<Set<string>> => {
  const { rows: exists } = await client.query<{ there: boolean }>(`select to_regclass('public.${MIGRATIONS_TABLE}') is not null as there`);
  if (!exists[0]?.there) return new Set();
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
  return new Set(rows.map((row) => row.name));
};

/**
 * Brings the schema up to this release and returns the names that were applied now. A schema of a newer release is
 * left as it is: migrations are additive, so this release runs on it.
 */
export const migrate = async ({ url, folder, onStep }: MigrateOptions): Promise<string[]> => {
  const files = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  if (files.length === 0)
    throw new AppError('configuration_invalid', { message: `No migrations in ${folder}; the installation is incomplete. Install again.` });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const applied = await appliedNames(client);
    // The migration library takes 150 ms to load; most starts have nothing to migrate.
    if (files.every((name) => applied.has(name.replace(/\.sql$/, '')))) return [];
    const ran = await run(client, { folder, direction: 'up' });
    for (const name of ran) onStep?.(name);
    return ran;
  } finally {
    await client.end();
  }
};

const run = async (client: pg.Client, { folder, ...way }: { folder: string } & ({ direction: 'up' } | { direction: 'down'; count: number })) => {
  const { runner } = await import('node-pg-migrate');
  const ran = await runner({
    dbClient: client,
    dir: folder,
    ...way,
    migrationsTable: MIGRATIONS_TABLE,
    checkOrder: false,
    advisoryLockMode: 'wait',
    lockValue: MIGRATION_LOCK,
    log: () => undefined,
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  return ran.map(({ name }) => name);
};

/**
 * Takes back what a newer release did to the schema, by its own “Down” sections in `folder`: everything after the last migration of `keep`.
 * Returns the names. What the older release has is never touched; with one of those applied later, nothing is taken back.
 */
export const migrateBack = async ({ url, folder, keep }: { url: string; folder: string; keep: ReadonlySet<string> }): Promise<string[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE} order by run_on desc, id desc`);
    const firstKept = rows.findIndex(({ name }) => keep.has(name));
    const newer = rows.slice(0, firstKept);
    if (firstKept < 1 || rows.slice(firstKept).some(({ name }) => !keep.has(name))) return [];
    return await run(client, { folder, direction: 'down', count: newer.length });
  } finally {
    await client.end();
  }
};

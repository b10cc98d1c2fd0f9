import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { quoteName, runAsAdministrator, selectAsAdministrator } from '#db';
import { partsOf } from './admin-url.ts';

const journal = z.object({
  backupId: z.string(),
  takenAt: z.string(),
  /** The restored database, under the name that it has until it is the box's. */
  scratch: z.string().regex(/^arasul_restore_[0-9a-f]+$/),
  /** What the box's own is called from then on, until it is dropped. */
  before: z.string().regex(/^arasul_before_[0-9a-f]+$/),
});
export type RestoreJournal = z.infer<typeof journal>;

const asideOf = (dataDir: string): string => join(dataDir, 'restore');
const fileOf = (dataDir: string): string => join(asideOf(dataDir), 'journal.json');

const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** From this moment on the restore will be done, whatever happens; before it, it never was. */
export const writeJournal = async (dataDir: string, entry: RestoreJournal): Promise<void> => {
  const file = fileOf(dataDir);
  await syncFolder(join(asideOf(dataDir), 'secrets'));
  const handle = await open(`${file}.part`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(entry));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
  await syncFolder(dirname(file));
};

const readJournal = async (dataDir: string): Promise<RestoreJournal | null> => {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => null);
  return text === null ? null : journal.parse(JSON.parse(text));
};

const databasesLike = (adminUrl: string, pattern: string): Promise<string[]> =>
  selectAsAdministrator<{ datname: string }>(adminUrl, 'select datname from pg_database where datname ~ $1', [pattern]).then((rows) =>
    rows.map(({ datname }) => datname),
  );

/** Renames both databases in one transaction, so that one of the two is always the box's. */
const swapDatabases = async ({ scratch, before }: RestoreJournal, own: string, adminUrl: string): Promise<void> => {
  const there = new Set(await databasesLike(adminUrl, `^(${scratch}|${before})$`));
  if (!there.has(scratch)) return; // done before a power cut
  await runAsAdministrator(adminUrl, [
    `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('${own}', '${scratch}') and pid <> pg_backend_pid()`,
    'begin',
    `alter database ${quoteName(own)} rename to ${quoteName(before)}`,
    `alter database ${quoteName(scratch)} rename to ${quoteName(own)}`,
    'commit',
  ]);
};

/**
 * Finishes a restore that was laid ready, or clears what an unfinished one left; safe to repeat and to interrupt anywhere. Nobody may use
 * the box's database meanwhile. Returns what was restored; null when nothing was to be done.
 */
export const settleRestore = async ({ dataDir, url, adminUrl }: { dataDir: string; url: string; adminUrl: string }): Promise<RestoreJournal | null> => {
  const entry = await readJournal(dataDir);
  if (entry) {
    await swapDatabases(entry, partsOf(url).database, adminUrl);
    const from = join(asideOf(dataDir), 'secrets');
    await mkdir(join(dataDir, 'secrets'), { recursive: true, mode: 0o700 });
    for (const name of await readdir(from).catch(() => [])) await rename(join(from, name), join(dataDir, 'secrets', name));
    await syncFolder(join(dataDir, 'secrets'));
  }
  const noted = (await readdir(asideOf(dataDir)).catch(() => [])).filter((name) => /^arasul_(restore|drill)_[0-9a-f]+$/.test(name));
  for (const name of [...noted, ...(entry ? [entry.before] : [])])
    await runAsAdministrator(adminUrl, [`drop database if exists ${quoteName(name)} with (force)`]);
  await rm(fileOf(dataDir), { force: true });
  await rm(asideOf(dataDir), { recursive: true, force: true });
  return entry;
};

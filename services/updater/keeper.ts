import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateBack, type Database, type Notifier } from '#db';
import { errorText, type Clock, type Logger } from '#kit';
import { keepBootstrap, readJournal, readPointer, restoreSettings, type JournalEntry, type UpdatePlaces } from '#updates';
import { writeStory } from './story.ts';

interface Needs {
  places: UpdatePlaces;
  databaseUrl: string;
  /** The release that runs. */
  productDir: string;
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const POLL_MS = 1_000;

const MIGRATIONS = join('postgres-init', 'migrations');

/** Keeps the rows as the journal is, and finishes what a verdict begins: settings, models, vectors and schema return with the release; a bootstrap stays. */
export const keepStory = async ({ places, databaseUrl, productDir, database, notifier, clock, log, signal }: Needs): Promise<void> => {
  let seen = -1;
  while (!signal.aborted) {
    try {
      const { size } = await stat(places.journal).catch(() => ({ size: 0 }));
      if (size !== seen) {
        await copy();
        await keepOwnBootstrap();
        seen = size;
      }
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'the story of updates could not be stored; it is tried again');
    }
    await clock.sleep(POLL_MS, signal).catch(() => undefined);
  }

  async function copy(): Promise<void> {
    const byUpdate = new Map<string, JournalEntry[]>();
    for (const entry of await readJournal(places.journal))
      if (entry.updateId !== undefined) byUpdate.set(entry.updateId, [...(byUpdate.get(entry.updateId) ?? []), entry]);
    for (const [updateId, entries] of byUpdate) await database.inTransaction((tx) => writeStory(tx, updateId, entries));
    const open = await database.db
      .selectFrom('update_rollbacks as r')
      .innerJoin('update_events as e', 'e.id', 'r.original_update_event_id')
      .leftJoin('update_backups as b', 'b.id', 'r.backup_id')
      .select(['r.id', 'b.backup_path as folder', 'e.update_id as updateId', 'e.version_to as version', 'e.failed_check as check'])
      .where('r.success', 'is', null)
      .execute();
    for (const { id, folder, updateId, version, check } of open) {
      // A person's way back may come weeks later: by then the newer schema holds what people wrote, and the older release runs on it.
      const wasOnTrial = check !== 'person' && updateId !== null;
      const problem = await takeBack({ folder, newer: wasOnTrial ? places.release(version) : null }).then(() => null, errorText);
      await database.db
        .updateTable('update_rollbacks')
        .set({ completed_at: new Date(), success: problem === null, error_message: problem })
        .where('id', '=', id)
        .execute();
    }
  }

  async function takeBack({ folder, newer }: { folder: string | null; newer: string | null }): Promise<void> {
    if (folder !== null) await restoreSettings(database, notifier, folder);
    if (newer === null || !existsSync(join(newer, MIGRATIONS))) return;
    const keep = new Set((await readdir(join(productDir, MIGRATIONS))).map((name) => name.replace(/\.sql$/, '')));
    const gone = await migrateBack({ url: databaseUrl, folder: join(newer, MIGRATIONS), keep });
    if (gone.length > 0) log.info({ migrations: gone }, 'the schema returned with the release');
  }

  async function keepOwnBootstrap(): Promise<void> {
    const pointer = await readPointer(places.pointer);
    if (!pointer || pointer.trial || pointer.release.dir !== productDir) return;
    const slot = await keepBootstrap(places, productDir);
    if (slot) log.info({ slot }, 'the next start uses the bootstrap of this release');
  }
};

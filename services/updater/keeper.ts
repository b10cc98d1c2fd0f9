import { stat } from 'node:fs/promises';
import type { Database, Notifier } from '#db';
import { errorText, type Clock, type Logger } from '#kit';
import { readJournal, restoreSettings, type JournalEntry, type UpdatePlaces } from '#updates';
import { writeStory } from './story.ts';

interface Needs {
  places: UpdatePlaces;
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
}

const POLL_MS = 1_000;

/** Keeps the rows as the journal is, and finishes a way back: settings and models return with the release. */
export const keepStory = async ({ places, database, notifier, clock, log, signal }: Needs): Promise<void> => {
  let seen = -1;
  while (!signal.aborted) {
    try {
      const { size } = await stat(places.journal).catch(() => ({ size: 0 }));
      if (size !== seen) {
        await copy();
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
      .leftJoin('update_backups as b', 'b.id', 'r.backup_id')
      .select(['r.id', 'b.backup_path as folder'])
      .where('r.success', 'is', null)
      .execute();
    for (const { id, folder } of open) {
      const problem = folder === null ? null : await restoreSettings(database, notifier, folder).then(() => null, errorText);
      await database.db
        .updateTable('update_rollbacks')
        .set({ completed_at: new Date(), success: problem === null, error_message: problem })
        .where('id', '=', id)
        .execute();
    }
  }
};

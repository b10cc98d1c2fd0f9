import { errorText, type Clock, type Logger } from '#kit';
import type { Database } from '#db';
import { embedDocument, purgeDocument, readDocument, recogniseDocument, workId } from '#documents';
import type { Jobs } from '#queue';
import { findDueWork } from './documents.repository.ts';
import { findNextPicture, listLookedThrough } from './pictures.repository.ts';

const EVERY_MS = 30_000;
/** While Postgres or the queue's store starts. */
const RETRY_MS = 1_000;

interface Needs {
  database: Pick<Database, 'db'>;
  jobs: Pick<Jobs, 'add'>;
  /** What is looked after besides. */
  also: () => Promise<void>;
  clock: Clock;
  log: Logger;
}

/** Puts in line again what the rows say is to be done. A job that is in line already stays as it is. */
export const sweep = async ({ database: { db }, jobs }: Pick<Needs, 'database' | 'jobs'>): Promise<void> => {
  const due = await findDueWork(db);
  for (const document of due.read) await jobs.add(db, readDocument, { documentId: document.id }, { id: workId(document) });
  for (const document of due.embed) await jobs.add(db, embedDocument, { documentId: document.id }, { id: workId(document) });
  const picture = (await findNextPicture(db)) ?? (await listLookedThrough(db))[0];
  if (picture !== undefined) await jobs.add(db, recogniseDocument, { documentId: picture.id }, { id: workId(picture) });
  for (const document of due.purge) await jobs.add(db, purgeDocument, { documentId: document.id }, { id: workId(document) });
};

/** Sweeps at the start and every 30 s until the signal is aborted: a lost queue means late, never lost. */
export const keepSweeping = async (needs: Needs, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    let waitMs = EVERY_MS;
    try {
      await sweep(needs);
      await needs.also();
    } catch (error) {
      needs.log.debug({ reason: errorText(error) }, 'the sweep could not look; it will again');
      waitMs = RETRY_MS;
    }
    await needs.clock.sleep(waitMs, signal).catch(() => undefined);
  }
};

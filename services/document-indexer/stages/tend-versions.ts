import { sql } from 'kysely';
import type { Database, Notifier } from '#db';
import { hideDocument, promoteReady } from '#documents';
import type { Jobs } from '#queue';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  /** How long earlier versions are kept. */
  keepVersionsDays: () => number;
}

/** As many at a time as a sweep may spend itself on; the next one goes on. */
const EACH = 100;

/** Ends the versions whose time is over, and makes those current that were read and left waiting by a crash. */
export const createTendVersions =
  ({ database, notifier, jobs, keepVersionsDays }: Needs) =>
  async (): Promise<void> => {
    const { db } = database;
    const over = await db
      .selectFrom('documents')
      .select(['id', 'sha256', 'duplicate_of'])
      .where('version_of', 'is not', null)
      .where('valid_until', '<', sql<Date>`now() - make_interval(days => ${keepVersionsDays()})`)
      .where('deleted_at', 'is', null)
      .limit(EACH)
      .execute();
    for (const version of over) await database.inTransaction((tx) => hideDocument(tx, { notifier, jobs }, version));
    const waiting = await db
      .selectFrom('documents as d')
      .leftJoin('documents as o', 'o.id', 'd.duplicate_of')
      .select('d.id')
      .where('d.version_of', 'is not', null)
      .where('d.valid_from', 'is', null)
      .where('d.deleted_at', 'is', null)
      .where((eb) => eb(eb.fn.coalesce('o.stage', 'd.stage'), 'in', ['embedding', 'waiting_for_model', 'done']))
      .where((eb) => eb(eb.fn.coalesce('o.chunk_count', 'd.chunk_count'), '>', 0))
      .limit(EACH)
      .execute();
    for (const { id } of waiting) await database.inTransaction((tx) => promoteReady(tx, { notifier, jobs }, id));
  };

import { sql, type Selectable } from 'kysely';
import type { Db, Models, Tx } from '#db';

export type ModelRow = Selectable<Models>;

/** States in which a download is on its way. */
export const ON_ITS_WAY: readonly string[] = ['queued', 'downloading', 'verifying'];

/** Statements on `models`: what people ask for. The model runtime, which has the files, does it and writes how far it is. */
export const modelsRepository = {
  list: (db: Db) => db.selectFrom('models').selectAll().orderBy('purpose').orderBy('memory_bytes').orderBy('id').execute(),

  findForUpdate: (tx: Tx, id: string) => tx.selectFrom('models').selectAll().where('id', '=', id).forUpdate().executeTakeFirst(),

  request: (tx: Tx, id: string) =>
    tx
      .updateTable('models')
      .set({ state: 'queued', requested_at: sql`now()`, error_code: null, error_message: null, attempts: 0, retry_at: null, done_bytes: 0 })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),

  /** Not wanted any more. The runtime removes the files of a row that is `available` and still has a path, or the remains of a download. */
  release: (tx: Tx, id: string) =>
    tx
      .updateTable('models')
      .set({ state: 'available', done_bytes: 0, bytes_per_second: null, eta_ms: null, retry_at: null, error_code: null, error_message: null })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),

  async activate(tx: Tx, { id, purpose }: ModelRow): Promise<ModelRow> {
    // First the old one: one of a purpose at a time, says a unique index.
    await tx.updateTable('models').set({ active: false }).where('purpose', '=', purpose).where('active', '=', true).execute();
    return tx.updateTable('models').set({ active: true }).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
  },
};
export type ModelsRepository = typeof modelsRepository;

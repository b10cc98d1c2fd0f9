import { sql, type Selectable } from 'kysely';
import type { Db, Models } from '#db';
import type { CatalogueEntry } from './catalogue/catalogue.ts';

export type ModelRow = Selectable<Models>;
export type ModelFacts = Pick<
  CatalogueEntry,
  'id' | 'purpose' | 'name' | 'description' | 'licence' | 'languages' | 'sizeBytes' | 'memoryBytes' | 'contextTokens'
> & {
  recommended: boolean;
  whyNot: string | null;
};
type Progress = Partial<
  Pick<
    ModelRow,
    | 'state'
    | 'done_bytes'
    | 'bytes_per_second'
    | 'eta_ms'
    | 'error_code'
    | 'error_message'
    | 'attempts'
    | 'retry_at'
    | 'source'
    | 'revision'
    | 'path'
    | 'size_bytes'
    | 'requested_at'
  >
>;

/** States in which a download is wanted. */
export const WANTED = ['queued', 'downloading', 'verifying'] as const;

/** Statements on `models`. */
export const modelsRepository = {
  list: (db: Db) => db.selectFrom('models').selectAll().execute(),

  /** What a model is; how far it is stays as it was. */
  upsertFacts: (db: Db, facts: ModelFacts) => {
    const values = {
      purpose: facts.purpose,
      name: facts.name,
      description: facts.description,
      licence: facts.licence,
      languages: facts.languages,
      size_bytes: facts.sizeBytes,
      memory_bytes: facts.memoryBytes,
      context_tokens: facts.contextTokens,
      recommended: facts.recommended,
      fits: facts.whyNot === null,
      fits_reason: facts.whyNot,
    };
    return db
      .insertInto('models')
      .values({ id: facts.id, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  },

  /** Models that are in no catalogue and on no disk any more. */
  forgetOthers: (db: Db, ids: readonly string[]) => db.deleteFrom('models').where('id', 'not in', ids).execute(),

  set: (db: Db, id: string, progress: Progress) => db.updateTable('models').set(progress).where('id', '=', id).execute(),

  /** Like `set`, but only while the download is still wanted: a cancel that came first wins. Tells whether it was. */
  setWhileWanted: async (db: Db, id: string, progress: Progress): Promise<boolean> => {
    const { numUpdatedRows } = await db.updateTable('models').set(progress).where('id', '=', id).where('state', 'in', WANTED).executeTakeFirst();
    return numUpdatedRows > 0n;
  },

  /** Puts a model in the line of downloads, unless it is there already. */
  request: (db: Db, id: string) =>
    db
      .updateTable('models')
      .set({ state: 'queued', requested_at: sql`now()`, error_code: null, error_message: null, attempts: 0, retry_at: null })
      .where('id', '=', id)
      .where('state', 'in', ['available', 'failed'])
      .execute(),

  /** Chosen models whose download was given up for want of a network: a new start is a new try. */
  retryDefaults: (db: Db) =>
    db
      .updateTable('models')
      .set({ state: 'queued', attempts: 0, retry_at: null })
      .where('state', '=', 'failed')
      .where('active', '=', true)
      .where('error_code', '=', 'download_failed')
      .execute(),

  activate: async (db: Db, purpose: string, id: string): Promise<void> => {
    await db.updateTable('models').set({ active: false }).where('purpose', '=', purpose).where('active', '=', true).where('id', '!=', id).execute();
    await db.updateTable('models').set({ active: true }).where('id', '=', id).execute();
  },
};
export type ModelsRepository = typeof modelsRepository;

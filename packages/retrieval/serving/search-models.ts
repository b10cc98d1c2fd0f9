import { sql } from 'kysely';
import type { Db, Notifier, Tx } from '#db';

export interface SearchModels {
  /** Whose vectors are compared. */
  readonly serving: string;
  /** Whose vectors are kept to go back to. */
  readonly previous: string | null;
  /** Complete, but not let in. */
  readonly refused: string | null;
  readonly verdict: string | null;
  readonly decidedAt: Date;
}

const NOT_COMPLETE = sql<boolean>`exists (
  select 1 from document_chunks c join documents d on d.id = c.document_id
  where d.deleted_at is null and d.status = 'indexed'
    and not exists (select 1 from document_embeddings e where e.chunk_id = c.id and e.model = wanted.model))`;

/** Which embedding model serves the search, which did before, and which was not let in. */
export const searchModels = {
  /** Null before the first document was embedded. */
  async find(db: Db): Promise<SearchModels | null> {
    const row = await db.selectFrom('search_models').selectAll().executeTakeFirst();
    if (!row) return null;
    return { serving: row.serving_model, previous: row.previous_model, refused: row.refused_model, verdict: row.verdict, decidedAt: row.decided_at };
  },

  /** The first model serves without being asked for anything. */
  begin: async (db: Db, model: string): Promise<boolean> => {
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('search_models')
      .values({ serving_model: model })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  },

  /** Whether every indexed passage has a vector of `model`. */
  async isComplete(db: Db, model: string): Promise<boolean> {
    const { rows } = await sql<{ lacks: boolean }>`select ${NOT_COMPLETE} as lacks from (select ${model}::text as model) wanted`.execute(db);
    return rows[0]?.lacks === false;
  },

  /** From now on `model` is compared; what served before is kept beside it. One statement and one signal: no search sees half of it. */
  async switchTo(tx: Tx, notifier: Pick<Notifier, 'publish'>, model: string, { verdict, refused = null }: { verdict: string | null; refused?: string | null }) {
    await tx
      .updateTable('search_models')
      .set((eb) => ({ previous_model: eb.ref('serving_model'), serving_model: model, refused_model: refused, verdict, decided_at: sql`now()` }))
      .where('serving_model', '<>', model)
      .execute();
    await notifier.publish(tx, 'search.switched', { model });
  },

  refuse: async (tx: Tx, model: string, verdict: string): Promise<void> => {
    await tx
      .updateTable('search_models')
      .set({ refused_model: model, verdict, decided_at: sql`now()` })
      .execute();
  },
};

/**
 * The model that serves, known without a query for each search. Undefined before the first document was embedded: then there is nothing to
 * compare with anyway, and the active model will do.
 */
export const followServingModel = (db: Db, notifier: Pick<Notifier, 'subscribe' | 'onReconnect'>) => {
  let known: Promise<string | undefined> | undefined;
  const listeners: (() => void)[] = [];
  const forget = () => void (known = undefined);
  const switched = () => {
    forget();
    listeners.forEach((listener) => listener());
  };
  const stops = [notifier.subscribe('search.switched', switched), notifier.onReconnect(switched)];
  return {
    async get(): Promise<string | undefined> {
      const asked = (known ??= searchModels.find(db).then((found) => found?.serving));
      const model = await asked.catch((error: unknown) => {
        forget();
        throw error;
      });
      if (model === undefined) forget();
      return model;
    },
    onSwitch: (listener: () => void): void => void listeners.push(listener),
    close: () => stops.forEach((stop) => stop()),
  };
};

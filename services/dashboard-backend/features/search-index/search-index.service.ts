import type { SearchIndexView } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError } from '#kit';
import { searchModels } from '#retrieval';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { SearchIndexRepository } from './search-index.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: SearchIndexRepository;
  audit: Pick<Audit, 'record'>;
}

/** Which embedding model the search compares with, and the way to another one or back. */
export const createSearchIndexService = ({ database, notifier, repository, audit }: Needs) => {
  const view = async (): Promise<SearchIndexView> => {
    const [decided, { passages, models }] = await Promise.all([searchModels.find(database.db), repository.count(database.db)]);
    return {
      serving: decided?.serving ?? null,
      previous: decided?.previous ?? null,
      refused: decided?.refused ?? null,
      verdict: decided?.verdict ?? null,
      decidedAt: decided?.decidedAt.toISOString() ?? null,
      passages,
      models: models.map((one) => ({ ...one, isComplete: one.vectors === passages })),
    };
  };
  return {
    view,

    /**
     * Compares with `model` from the next search on, whatever the golden questions say; the model that served is not taken again by itself.
     * Errors: `conflict` when its vectors are not complete, or when it serves already.
     */
    async switch(who: Principal, model: string): Promise<SearchIndexView> {
      await database.inTransaction(async (tx) => {
        const decided = await searchModels.find(tx);
        if (decided === null) throw new AppError('conflict', { message: 'Nothing is embedded yet, so there is nothing to switch.' });
        if (decided.serving === model) throw new AppError('conflict', { message: `The search compares with ${model} already.` });
        const { models } = await repository.count(tx);
        if (!models.some((one) => one.model === model) || !(await searchModels.isComplete(tx, model)))
          throw new AppError('conflict', {
            message: `The vectors of ${model} are not complete, so some documents would not be found by meaning. Wait until they are.`,
          });
        await searchModels.switchTo(tx, notifier, model, {
          verdict: `${who.username} chose ${model} instead of ${decided.serving}.`,
          refused: decided.serving,
        });
        await audit.record(tx, who, 'search.switched', model, { before: decided.serving });
      });
      return view();
    },
  };
};

export type SearchIndexService = ReturnType<typeof createSearchIndexService>;

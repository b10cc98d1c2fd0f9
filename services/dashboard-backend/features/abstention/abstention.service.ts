import { abstentionFitJob, toAbstentionFit, type abstentionRepository } from '#abstention';
import type { PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database } from '#db';
import type { Jobs } from '#queue';
import type { Principal } from '../../http/index.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  repository: Pick<typeof abstentionRepository, 'list'>;
  jobs: Pick<Jobs, 'add'>;
}

/** What is answered and what is refused on this box, and how often that is wrong. */
export const createAbstentionService = ({ database: { db }, repository, jobs }: Needs) => ({
  async list(who: Principal, { limit, cursor }: PageQuery) {
    const [after] = cursor === undefined ? [] : (decodeCursor(cursor, 1) as [string]);
    const rows = await repository.list(db, who.workspaceId, { after, limit: limit + 1 });
    return toPage(rows, limit, (row) => [row.id], toAbstentionFit);
  },

  /** Asks for a fit now; one that waits already is the one. */
  fit: (): Promise<void> => jobs.add(db, abstentionFitJob, { trigger: 'manual' }, { id: 'abstention.manual' }),
});

export type AbstentionService = ReturnType<typeof createAbstentionService>;

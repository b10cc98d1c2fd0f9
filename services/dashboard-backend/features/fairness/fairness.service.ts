import type { EstimateScore, EstimatesView, FairnessView } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { FairnessRepository, ScoreRow } from './fairness.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: FairnessRepository;
  audit: Audit;
}

const noScore: EstimateScore = { predictions: 0, medianError: null, p90Coverage: null, medianWaitedMs: null, worstBroken: 0 };

const toScore = (row: ScoreRow): EstimateScore => ({
  predictions: row.predictions,
  medianError: row.median_error,
  p90Coverage: row.coverage,
  medianWaitedMs: row.median_waited === null ? null : Math.round(row.median_waited),
  worstBroken: row.worst_broken,
});

export type FairnessService = ReturnType<typeof createFairnessService>;

/** Whether the line keeps its word: how true its estimates were, and who got what share. */
export const createFairnessService = ({ database, notifier, repository, audit }: Needs) => {
  const { db } = database;

  const fairness = async (days: number): Promise<FairnessView> => {
    const rows = await repository.people(db, days);
    const sum = (field: 'used_ms' | 'load_ms' | 'weight'): number => rows.reduce((all, row) => all + row[field], 0);
    const [usedMs, weights] = [sum('used_ms'), sum('weight')];
    return {
      days,
      usedMs: Math.round(usedMs),
      loadMs: Math.round(sum('load_ms')),
      people: rows.map((row) => ({
        userId: row.uid,
        username: row.username,
        weight: row.weight,
        askedShare: row.weight / weights,
        gotShare: usedMs > 0 ? row.used_ms / usedMs : 0,
        usedMs: Math.round(row.used_ms),
        jobs: row.jobs,
        medianWaitedMs: Math.round(row.median_waited),
        longestWaitedMs: Math.round(row.longest_waited),
      })),
    };
  };

  return {
    fairness,

    async estimates(days: number): Promise<EstimatesView> {
      const rows = await repository.scores(db, days);
      const of = (kind: string) =>
        rows.filter(({ grp }) => grp.startsWith(`${kind}:`)).map((row) => ({ name: row.grp.slice(kind.length + 1), ...toScore(row) }));
      const all = rows.find(({ grp }) => grp === 'all');
      return {
        days,
        all: all ? toScore(all) : noScore,
        buckets: of('bucket').map(({ name, ...score }) => ({ bucket: name as EstimatesView['buckets'][number]['bucket'], ...score })),
        models: of('model').map(({ name, ...score }) => ({ model: name, ...score })),
      };
    },

    /** Gives a person a weight: twice the weight is twice the share while others wait. Errors: `not_found`. */
    async setWeight(who: Principal, userId: string, weight: number): Promise<FairnessView> {
      await database.inTransaction(async (tx) => {
        const user = await repository.setWeight(tx, userId, weight, who.username);
        if (!user) throw new AppError('not_found', { message: 'There is no such account.' });
        await audit.record(tx, who, 'queue.weight_set', user.username, { weight });
        await notifier.publish(tx, 'queue.wake', { queue: 'llm' });
      });
      return fairness(1);
    },
  };
};

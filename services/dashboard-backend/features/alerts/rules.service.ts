import { defaultRules } from '#alerts';
import { readThresholds, type RuleCreate, type RulePatch, type RuleView } from '#contracts';
import type { Database, Notifier, Tx } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { toRule } from './alert-views.ts';
import type { AlertsRepository } from './alerts.repository.ts';

/** Ten thousand take the engine under a twentieth of a core (docs/benchmarks.md). */
const MOST_RULES = 10_000;
const EVERY_PART = { gpu: true, temperature: true };

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: AlertsRepository;
  audit: Audit;
}

const noRule = () => new AppError('not_found', { message: 'There is no such rule.' });
const unreadable = (name: string) => new AppError('conflict', { message: `“${name}” was written by a newer release, which alone can change it.` });

/** What the box watches, as people change it. */
export const createRulesService = ({ database, notifier, repository, audit }: Needs) => {
  const changed = (tx: Tx) => notifier.publish(tx, 'alerts.changed', { what: 'rules' });

  const defaultOf = async (tx: Tx, key: string) => {
    const found = defaultRules(readThresholds(await repository.thresholds(tx)), EVERY_PART).find((rule) => rule.key === key);
    if (!found) throw new AppError('conflict', { message: 'This release has no such rule any more, so that there is nothing to go back to.' });
    return found;
  };

  return {
    async list({ workspaceId }: Principal): Promise<{ items: RuleView[] }> {
      const standings = await repository.standings(database.db);
      return { items: (await repository.rules(database.db, workspaceId)).flatMap((row) => toRule(row, standings.get(row.id)) ?? []) };
    },

    /** Errors: `conflict` past the most there may be. */
    create: (who: Principal, rule: RuleCreate): Promise<RuleView> =>
      database.inTransaction(async (tx) => {
        if ((await repository.countOwnRules(tx, who.workspaceId)) >= MOST_RULES) {
          throw new AppError('conflict', { message: `There are ${MOST_RULES} rules of your own already. Remove some first.` });
        }
        const row = await repository.addRule(tx, who.workspaceId, rule, who.username);
        await audit.record(tx, who, 'rule.created', rule.name, { signal: rule.definition.signal });
        await changed(tx);
        return toRule(row)!;
      }),

    /** A rule of the product that is changed follows the thresholds and newer releases no more, until it is put back. Errors: `not_found`, `conflict`. */
    change: (who: Principal, id: string, { name, enabled, definition, reset }: RulePatch): Promise<RuleView> =>
      database.inTransaction(async (tx) => {
        const row = await repository.findRule(tx, who.workspaceId, id);
        if (!row) throw noRule();
        if (reset && row.key === null)
          throw new AppError('conflict', { message: `“${row.name}” did not come with the product: there is nothing to go back to.` });
        const original = reset && row.key !== null ? await defaultOf(tx, row.key) : null;
        const after = await repository.changeRule(tx, id, {
          name: name ?? original?.name ?? row.name,
          enabled: enabled ?? row.enabled,
          definition: definition ?? original?.definition ?? row.definition,
          edited: name !== undefined || definition !== undefined || (row.edited && original === null),
        });
        await audit.record(tx, who, original ? 'rule.reset' : 'rule.changed', after.name, { enabled: after.enabled, definition: definition !== undefined });
        await changed(tx);
        const view = toRule(after);
        if (!view) throw unreadable(after.name);
        return view;
      }),

    /** Errors: `not_found`; `conflict` for one that came with the product, which the next start would make anew. */
    remove: (who: Principal, id: string): Promise<void> =>
      database.inTransaction(async (tx) => {
        const row = await repository.findRule(tx, who.workspaceId, id);
        if (!row) throw noRule();
        if (row.key !== null) throw new AppError('conflict', { message: `“${row.name}” came with the product. Switch it off instead.` });
        await repository.removeRule(tx, id);
        await audit.record(tx, who, 'rule.removed', row.name);
        await changed(tx);
      }),
  };
};
export type RulesService = ReturnType<typeof createRulesService>;

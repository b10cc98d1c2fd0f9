import { sql } from 'kysely';
import { defaultRules, type MachineParts, type Mute, type Rule } from '#alerts';
import { readThresholds, ruleDefinition } from '#contracts';
import type { Db, Tx } from '#db';

/** Statements on what the engine goes by. */
export const rulesRepository = {
  /** What this machine has measured lately; a machine without a GPU gets no GPU rules. */
  async parts(db: Db): Promise<MachineParts> {
    const { rows } = await sql<MachineParts>`
      select exists (select 1 from metrics_gpu where "timestamp" > now() - interval '1 day') as gpu,
        exists (select 1 from metrics_temperature where "timestamp" > now() - interval '1 day') as temperature`.execute(db);
    return rows[0]!;
  },

  /** Brings the product's rules up to date with the thresholds; those that a person changed stay theirs. */
  async keepDefaults(tx: Tx, parts: MachineParts): Promise<void> {
    const row = await tx.selectFrom('telegram_config').select('alert_thresholds').executeTakeFirst();
    for (const { key, name, definition } of defaultRules(readThresholds(row?.alert_thresholds), parts)) {
      await sql`
        insert into alert_rules (key, name, definition) values (${key}, ${name}, ${JSON.stringify(definition)}::jsonb)
        on conflict (key) do update set name = excluded.name, definition = excluded.definition
        where not alert_rules.edited and (alert_rules.definition <> excluded.definition or alert_rules.name <> excluded.name)`.execute(tx);
    }
  },

  /** The rules in force. One that another release wrote and this one refuses is not in force. */
  async list(db: Db): Promise<Rule[]> {
    const rows = await db.selectFrom('alert_rules').select(['id', 'name', 'definition']).where('enabled', '=', true).orderBy('id').execute();
    return rows.flatMap(({ id, name, definition }) => {
      const parsed = ruleDefinition.safeParse(definition);
      return parsed.success ? [{ ...parsed.data, id, name }] : [];
    });
  },

  /** Silences and windows of maintenance that are not over; one that repeats has no end but the one that a person gives it. */
  async mutes(db: Db): Promise<Mute[]> {
    const rows = await db
      .selectFrom('alert_silences')
      .select(['target', 'starts_at', 'ends_at', 'repeats'])
      .where('ended_at', 'is', null)
      .where((where) => where.or([where('repeats', 'is not', null), where('ends_at', '>', sql<Date>`now()`)]))
      .execute();
    return rows.map(({ target, starts_at, ends_at, repeats }) => ({
      target,
      from: starts_at.getTime(),
      until: ends_at.getTime(),
      repeats: repeats as Mute['repeats'],
    }));
  },

  async acknowledged(db: Db): Promise<ReadonlySet<string>> {
    const rows = await db.selectFrom('incidents').select('id').where('state', '=', 'acknowledged').execute();
    return new Set(rows.map(({ id }) => id));
  },
};

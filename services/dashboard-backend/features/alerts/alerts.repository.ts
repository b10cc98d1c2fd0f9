import { sql } from 'kysely';
import { triesOf, type Try } from '#alerts';
import type { AlertThresholds, IncidentQuery, RuleCreate, SilenceCreate } from '#contracts';
import type { Db, Tx } from '#db';

const open = ['open', 'acknowledged'] as const;
/** What a person types is text, not a pattern. */
const containing = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

/** Series of a rule by how they stand. */
export interface Standing {
  series: number;
  firing: number;
  silent: number;
  pending: number;
}

const incidentRows = (db: Db, workspaceId: string) =>
  db
    .selectFrom('incidents as i')
    .leftJoin('alert_rules as r', 'r.id', 'i.rule_id')
    .selectAll('i')
    .select(['r.definition', sql<string>`i.opened_at::text`.as('opened_exact')])
    .where('i.workspace_id', '=', workspaceId);

/** Statements on incidents, silences, rules and thresholds, as people see and change them. */
export const alertsRepository = {
  list: (db: Db, workspaceId: string, { state, severity, q, limit }: IncidentQuery, after?: [string, string]) =>
    incidentRows(db, workspaceId)
      .$if(state === 'now', (query) => query.where('i.state', 'in', open))
      .$if(state === 'over', (query) => query.where('i.state', 'not in', open))
      .$if(severity !== undefined, (query) => query.where('i.severity', '=', severity!))
      .$if(q !== undefined, (query) => query.where(sql<boolean>`(i.cause ilike ${containing(q!)} or i.title::text ilike ${containing(q!)})`))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(i.opened_at, i.id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('i.opened_at', 'desc')
      .orderBy('i.id', 'desc')
      .limit(limit + 1)
      .execute(),

  find: (db: Db, workspaceId: string, id: string) => incidentRows(db, workspaceId).where('i.id', '=', id).executeTakeFirst(),

  openOnes: (db: Db, workspaceId: string) => incidentRows(db, workspaceId).where('i.state', 'in', open).orderBy('i.opened_at').execute(),

  timeline: (db: Db, id: string) =>
    db.selectFrom('incident_events').select(['at', 'event', 'actor', 'details']).where('incident_id', '=', id).orderBy('id').limit(1_000).execute(),

  deliveries: (db: Db, id: string) =>
    db
      .selectFrom('notification_deliveries as d')
      .innerJoin('notifications as n', 'n.id', 'd.notification_id')
      .innerJoin('alert_channels as c', 'c.id', 'd.channel_id')
      .select(['c.name', 'c.kind', 'd.status', 'd.delivered_at', 'd.error'])
      .where('n.incident_id', '=', id)
      .orderBy('d.created_at')
      .execute(),

  /** False when it is not open. */
  async acknowledge(tx: Tx, workspaceId: string, id: string, username: string): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('incidents')
      .set({ state: 'acknowledged', acknowledged_at: sql`now()`, acknowledged_by: username })
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await tx
      .insertInto('incident_events')
      .values({ incident_id: id, at: sql`now()`, event: 'acknowledged', actor: username })
      .execute();
    return true;
  },

  silences: (db: Db, workspaceId: string) =>
    db
      .selectFrom('alert_silences')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('ended_at', 'is', null)
      .where((where) => where.or([where('repeats', 'is not', null), where('ends_at', '>', sql<Date>`now()`)]))
      .orderBy('starts_at')
      .execute(),

  addSilence: (tx: Tx, workspaceId: string, { kind, target, reason, endsAt, repeats }: SilenceCreate, startsAt: Date, createdBy: string) =>
    tx
      .insertInto('alert_silences')
      .values({
        workspace_id: workspaceId,
        kind,
        target,
        reason,
        starts_at: startsAt,
        ends_at: new Date(endsAt),
        repeats: repeats ?? null,
        created_by: createdBy,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),

  endSilence: (tx: Tx, workspaceId: string, id: string) =>
    tx
      .updateTable('alert_silences')
      .set({ ended_at: sql`now()` })
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .where('ended_at', 'is', null)
      .returning('target')
      .executeTakeFirst(),

  rules: (db: Db, workspaceId: string) => db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', workspaceId).orderBy('name').execute(),

  /** How it stands with the series of each rule, as the engine wrote it down last. */
  async standings(db: Db): Promise<Map<string, Standing>> {
    const { rows } = await sql<Standing & { id: string }>`
      select rule->>0 as id, count(*)::int as series, count(*) filter (where one->1->>'firingSince' is not null)::int as firing,
        count(*) filter (where (one->1->>'silent')::boolean)::int as silent, count(*) filter (where one->1->'since' <> '{}')::int as pending
      from alert_engine_state, jsonb_array_elements(state->'instances') rule, jsonb_array_elements(rule->1) one group by 1`.execute(db);
    return new Map(rows.map(({ id, ...standing }) => [id, standing]));
  },

  findRule: (db: Db, workspaceId: string, id: string) =>
    db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).forUpdate().executeTakeFirst(),

  addRule: (tx: Tx, workspaceId: string, { name, enabled, definition }: RuleCreate, createdBy: string) =>
    tx
      .insertInto('alert_rules')
      .values({ workspace_id: workspaceId, name, enabled, definition: JSON.stringify(definition), edited: true, created_by: createdBy })
      .returningAll()
      .executeTakeFirstOrThrow(),

  changeRule: (tx: Tx, id: string, { definition, ...rest }: { name: string; enabled: boolean; edited: boolean; definition: unknown }) =>
    tx
      .updateTable('alert_rules')
      .set({ ...rest, definition: JSON.stringify(definition) })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow(),

  removeRule: (tx: Tx, id: string) => tx.deleteFrom('alert_rules').where('id', '=', id).execute(),

  async countOwnRules(db: Db, workspaceId: string): Promise<number> {
    const { n } = await db
      .selectFrom('alert_rules')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('workspace_id', '=', workspaceId)
      .where('key', 'is', null)
      .executeTakeFirstOrThrow();
    return n;
  },

  async tries(db: Db, incident: Parameters<typeof triesOf>[0], until: Date): Promise<Try[]> {
    const { rows } = await sql<Try>`select * from (${triesOf(incident, until)}) tries order by at limit 100`.execute(db);
    return rows;
  },

  thresholds: async (db: Db): Promise<unknown> => (await db.selectFrom('telegram_config').select('alert_thresholds').executeTakeFirst())?.alert_thresholds,

  async writeThresholds(tx: Tx, thresholds: AlertThresholds): Promise<void> {
    const value = JSON.stringify(thresholds);
    await sql`insert into telegram_config (id, alert_thresholds) values (1, ${value}::jsonb)
      on conflict (id) do update set alert_thresholds = excluded.alert_thresholds`.execute(tx);
  },
};
export type AlertsRepository = typeof alertsRepository;

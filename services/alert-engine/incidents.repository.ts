import { sql } from 'kysely';
import { packState, triesOf, unpackState, type EngineState } from '#alerts';
import type { Words } from '#contracts';
import type { Db, Tx } from '#db';

export interface IncidentRow {
  id: string;
  cause: string;
  severity: string;
  title: Words;
  ruleId: string | null;
  device: string;
  value: number | null;
  members: readonly unknown[];
  noData: boolean;
  flapping: boolean;
  told: boolean;
  openedAt: Date;
}

/** Statements on the engine's memory and on what it found. */
export const incidentsRepository = {
  async loadState(db: Db): Promise<EngineState> {
    const row = await db.selectFrom('alert_engine_state').select('state').executeTakeFirst();
    return unpackState(row?.state);
  },

  async saveState(tx: Db, state: EngineState, at: Date): Promise<void> {
    const packed = JSON.stringify(packState(state));
    await sql`insert into alert_engine_state (id, state, evaluated_at) values (1, ${packed}::jsonb, ${at})
      on conflict (id) do update set state = excluded.state, evaluated_at = excluded.evaluated_at`.execute(tx);
  },

  /** Opens the incident or brings it up to date; whether somebody took it is not the engine's to change. */
  async put(tx: Tx, row: IncidentRow): Promise<void> {
    await sql`
      insert into incidents (id, cause, state, severity, title, rule_id, device, value, members, no_data, flapping, told, opened_at)
      values (${row.id}, ${row.cause}, 'open', ${row.severity}, ${JSON.stringify(row.title)}::jsonb, ${row.ruleId}, ${row.device}, ${row.value},
        ${JSON.stringify(row.members)}::jsonb, ${row.noData}, ${row.flapping}, ${row.told}, ${row.openedAt})
      on conflict (id) do update set cause = excluded.cause, severity = excluded.severity, title = excluded.title, rule_id = excluded.rule_id,
        device = excluded.device, value = excluded.value, members = excluded.members, no_data = excluded.no_data,
        flapping = excluded.flapping, told = excluded.told`.execute(tx);
  },

  /** Ends it. Returns its title and what healed it, where something did: a proven repair of that part, or its start by the launcher. */
  async resolve(tx: Tx, id: string, at: Date): Promise<{ title: Words; healedBy: string | null } | undefined> {
    const incident = await tx.selectFrom('incidents').select(['cause', 'device', 'opened_at']).where('id', '=', id).executeTakeFirst();
    if (!incident) return undefined;
    const { rows } = await sql<{ title: Words; healed_by: string | null }>`
      update incidents set state = 'resolved', resolved_at = ${at}, healed_by = (
        select what from (${triesOf(incident, at)}) tries where outcome = 'worked' order by coalesce(finished_at, at) desc limit 1)
      where id = ${id} returning title, healed_by`.execute(tx);
    return rows[0] && { title: rows[0].title, healedBy: rows[0].healed_by };
  },

  /** Nobody looks any more; it is not known whether it is over. */
  async withdraw(tx: Tx, id: string, at: Date): Promise<void> {
    await tx.updateTable('incidents').set({ state: 'resolved', resolved_at: at }).where('id', '=', id).execute();
  },

  async merge(tx: Tx, id: string, into: string, at: Date): Promise<void> {
    await tx.updateTable('incidents').set({ state: 'merged', merged_into: into, resolved_at: at }).where('id', '=', id).execute();
  },

  async addEvent(tx: Tx, id: string, at: Date, event: string, details: Record<string, unknown>): Promise<void> {
    await sql`insert into incident_events (incident_id, at, event, details)
      select id, ${at}, ${event}, ${JSON.stringify(details)}::jsonb from incidents where id = ${id}`.execute(tx);
  },
};

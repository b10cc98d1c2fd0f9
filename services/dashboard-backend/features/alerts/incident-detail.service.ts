import { createPoints, findSuggestedRepair, framesOf } from '#alerts';
import { ruleDefinition, type IncidentDetail, type RuleDefinition } from '#contracts';
import type { Database } from '#db';
import type { Clock } from '#kit';
import type { Principal } from '../../http/index.ts';
import { momentOf, noIncident, toChart, toIncident, toMembers, toSilence, toTry, type IncidentRow } from './alert-views.ts';
import type { AlertsRepository } from './alerts.repository.ts';
import type { HistoryRepository } from './history.repository.ts';

const POINTS = 300;
const HOLD_MS = 65 * 60_000;

interface Needs {
  database: Pick<Database, 'db'>;
  repository: AlertsRepository;
  history: Pick<HistoryRepository, 'signal'>;
  clock: Pick<Clock, 'now'>;
}

/** Everything that is known of one incident. */
export const createIncidentDetails = ({ database: { db }, repository, history, clock }: Needs) => {
  /** What its signal was around the moment, for those that are no metrics. */
  const pastOf = async (row: IncidentRow, definition: RuleDefinition): Promise<IncidentDetail['history']> => {
    if (definition.signal.startsWith('metric.')) return null;
    const moment = momentOf(row, clock.now());
    const everyMs = Math.max(5_000, Math.ceil((moment.toMs - moment.fromMs) / POINTS));
    const samples = await history.signal(db, { ...definition, device: row.device === '' ? '*' : row.device }, moment);
    const points = createPoints({ ...moment, count: POINTS });
    for (const { now, readings } of framesOf(samples, { ...moment, everyMs, holdsMs: HOLD_MS })) {
      for (const { device, value } of readings ?? []) points.add(device, now, value);
    }
    return { from: new Date(moment.fromMs).toISOString(), to: new Date(moment.toMs).toISOString(), series: points.list(definition.side) };
  };

  return {
    /** Errors: `not_found`. */
    async get({ workspaceId }: Principal, id: string): Promise<IncidentDetail> {
      const row = await repository.find(db, workspaceId, id);
      if (!row) throw noIncident();
      const now = clock.now();
      const definition = ruleDefinition.safeParse(row.definition).data;
      const until = row.resolved_at ?? new Date(now);
      const seenBy = toMembers(row, await repository.rules(db, workspaceId));
      const targets = new Set(['*', row.cause, row.cause.split(':')[0], ...seenBy.map(({ ruleId }) => ruleId)]);
      const silences = (await repository.silences(db, workspaceId)).map((each) => toSilence(each, now));
      return {
        ...toIncident(row),
        seenBy,
        timeline: (await repository.timeline(db, id)).map(({ at, event, actor, details }) => ({
          at: at.toISOString(),
          event,
          actor,
          details: details as Record<string, unknown>,
        })),
        chart: toChart(row, now),
        history: definition ? await pastOf(row, definition) : null,
        levels: definition?.levels ?? [],
        durationMs: Math.max(0, until.getTime() - row.opened_at.getTime()),
        tried: (await repository.tries(db, row, until)).map(toTry),
        silencedUntil: silences.find(({ active, target }) => active && targets.has(target))?.endsAt ?? null,
        told_to: (await repository.deliveries(db, id)).map(({ name, kind, status, delivered_at: at, error }) => ({
          channel: name,
          kind,
          status,
          at: at?.toISOString() ?? null,
          error,
        })),
        repair: row.resolved_at ? null : await findSuggestedRepair(db, row),
      };
    },
  };
};
export type IncidentDetails = ReturnType<typeof createIncidentDetails>;

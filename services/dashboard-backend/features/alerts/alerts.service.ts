import { rank } from '#alerts';
import { readThresholds, thresholdMetrics, type AlertSummary, type AlertThresholds, type IncidentQuery, type SilenceCreate } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier } from '#db';
import { AppError, type Clock } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { noIncident, toIncident, toSilence } from './alert-views.ts';
import type { AlertsRepository } from './alerts.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: AlertsRepository;
  audit: Audit;
  clock: Clock;
}

const refuseCrossed = (thresholds: AlertThresholds): void => {
  for (const metric of thresholdMetrics) {
    const [warning, critical] = [thresholds[`${metric}_warning`], thresholds[`${metric}_critical`]];
    if (warning > critical) {
      throw new AppError('validation_failed', {
        message: `\`${metric}_warning\` (${warning}) lies above \`${metric}_critical\` (${critical}). Lower the one or raise the other.`,
        details: { path: `alert_thresholds.${metric}_warning` },
      });
    }
  }
};

/** Incidents, silences and thresholds for people; the engine finds what is wrong by itself. */
export const createAlertsService = ({ database, notifier, repository, audit, clock }: Needs) => ({
  async summary({ workspaceId }: Principal): Promise<AlertSummary> {
    const all = (await repository.openOnes(database.db, workspaceId)).map(toIncident);
    const worst = [...all].sort((a, b) => rank(b.severity) - rank(a.severity))[0];
    const silences = (await repository.silences(database.db, workspaceId)).map((row) => toSilence(row, clock.now()));
    return {
      open: all.length,
      critical: all.filter(({ severity }) => severity === 'critical').length,
      unacknowledged: all.filter(({ state }) => state === 'open').length,
      worst: worst ? { id: worst.id, title: worst.title, severity: worst.severity, openedAt: worst.openedAt } : null,
      silences: silences.filter(({ active }) => active).length,
    };
  },

  async list({ workspaceId }: Principal, query: IncidentQuery) {
    const after = query.cursor === undefined ? undefined : (decodeCursor(query.cursor, 2) as [string, string]);
    const rows = await repository.list(database.db, workspaceId, query, after);
    return toPage(rows, query.limit, (row) => [row.opened_exact, row.id], toIncident);
  },

  /** Errors: `not_found`; `conflict` when it is over or somebody has it. */
  acknowledge: (who: Principal, id: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      const row = await repository.find(tx, who.workspaceId, id);
      if (!row) throw noIncident();
      if (!(await repository.acknowledge(tx, who.workspaceId, id, who.username))) {
        const message = row.acknowledged_by === null ? 'This incident is over.' : `${row.acknowledged_by} has taken this incident.`;
        throw new AppError('conflict', { message });
      }
      await audit.record(tx, who, 'incident.acknowledged', row.cause);
      await notifier.publish(tx, 'alerts.changed', { what: 'incident' });
    }),

  async silences({ workspaceId }: Principal) {
    return { items: (await repository.silences(database.db, workspaceId)).map((row) => toSilence(row, clock.now())) };
  },

  /** Errors: `validation_failed` for one that ends before it begins. */
  silence: (who: Principal, silence: SilenceCreate) =>
    database.inTransaction(async (tx) => {
      const startsAt = new Date(silence.startsAt ?? clock.now());
      if (new Date(silence.endsAt) <= startsAt) {
        throw new AppError('validation_failed', { message: 'A silence must end after it begins.', details: { path: 'endsAt' } });
      }
      const row = await repository.addSilence(tx, who.workspaceId, silence, startsAt, who.username);
      await audit.record(tx, who, 'silence.created', silence.target, { endsAt: silence.endsAt, reason: silence.reason });
      await notifier.publish(tx, 'alerts.changed', { what: 'silences' });
      return toSilence(row, clock.now());
    }),

  /** Errors: `not_found`. */
  endSilence: (who: Principal, id: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      const ended = await repository.endSilence(tx, who.workspaceId, id);
      if (!ended) throw new AppError('not_found', { message: 'There is no such silence, or it is over.' });
      await audit.record(tx, who, 'silence.ended', ended.target);
      await notifier.publish(tx, 'alerts.changed', { what: 'silences' });
    }),

  thresholds: async (): Promise<AlertThresholds> => readThresholds(await repository.thresholds(database.db)),

  /** Errors: `validation_failed` where a warning would lie above its critical value. */
  setThresholds: (who: Principal, patch: Partial<AlertThresholds>): Promise<AlertThresholds> =>
    database.inTransaction(async (tx) => {
      const next = { ...readThresholds(await repository.thresholds(tx)), ...patch };
      refuseCrossed(next);
      await repository.writeThresholds(tx, next);
      await audit.record(tx, who, 'thresholds.changed', null, patch);
      await notifier.publish(tx, 'alerts.changed', { what: 'thresholds' });
      return next;
    }),
});

export type AlertsService = ReturnType<typeof createAlertsService>;

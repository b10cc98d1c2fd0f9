import type { Selectable } from 'kysely';
import { lastCanary } from '#canary';
import type { CanaryView, DrillStepView, DrillView, HealthMap, IssueReport, LauncherState, PageQuery, RepairsOverview, RepairView } from '#contracts';
import { decodeCursor, toPage, type Database, type FaultDrills, type FaultDrillSteps, type Notifier } from '#db';
import { findMaintenance, listOpenIssues, requestRepair, toHealingEventView, toIssueView, toRepairView } from '#healing';
import { AppError, type Clock } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { HealingRepository } from './healing.repository.ts';
import { toParts } from './health-map.ts';
import { reportText } from './report-text.ts';

/** As the healer's own: repairs of the box within half an hour. */
const CAPS = { limit: 10, windowMs: 30 * 60_000 };
const RESTARTS_SHOWN = 50;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: HealingRepository;
  audit: Audit;
  launcherState: () => Promise<LauncherState | null>;
  clock: Clock;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const since = (from: Date | null, to: Date | null): number | null => (from && to ? to.getTime() - from.getTime() : null);

const toCanary = (row: Awaited<ReturnType<typeof lastCanary>>): CanaryView | null =>
  row && {
    ok: row.ok,
    occasion: row.occasion,
    question: row.question,
    expected: row.expected,
    cited: row.cited,
    page: row.page,
    tookMs: row.took_ms,
    answeredBy: row.answered_by,
    reason: row.reason,
    askedAt: row.asked_at.toISOString(),
  };

const toStep = (row: Selectable<FaultDrillSteps>): DrillStepView => ({
  n: row.n,
  fault: row.fault,
  part: row.part,
  status: row.status as DrillStepView['status'],
  reason: row.reason,
  injectedAt: iso(row.injected_at),
  detectedMs: since(row.injected_at, row.detected_at),
  healedMs: since(row.injected_at, row.healed_at),
  provenMs: since(row.injected_at, row.proven_at),
  restored: row.restored,
});

const toDrill = (row: Selectable<FaultDrills>, steps: readonly Selectable<FaultDrillSteps>[]): DrillView => ({
  id: row.id,
  status: row.status as DrillView['status'],
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  startedAt: iso(row.started_at),
  finishedAt: iso(row.finished_at),
  error: row.error,
  steps: steps.filter(({ drill_id: id }) => id === row.id).map(toStep),
});

const keyAfter = (cursor: string | undefined) => (cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]));

export const createHealingService = ({ database, notifier, repository, audit, launcherState, clock }: Needs) => ({
  /** The parts and what is wrong with them, now. */
  async map(): Promise<HealthMap> {
    const { db } = database;
    const [launcher, issues, holds, checks, canary, maintenance] = await Promise.all([
      launcherState(),
      listOpenIssues(db),
      repository.listHolds(db),
      repository.listChecks(db),
      lastCanary(db),
      findMaintenance(db),
    ]);
    return {
      at: new Date(clock.now()).toISOString(),
      parts: toParts({ launcher, issues, holds: new Map(holds.map((row) => [row.service_name, row.held_by])) }),
      issues,
      canary: toCanary(canary),
      checks: checks.map((row) => ({
        checkId: row.check_id,
        lastRunAt: row.last_run_at.toISOString(),
        tookMs: row.took_ms,
        found: row.found,
        error: row.error,
        skipped: row.skipped,
      })),
      maintenance: maintenance && { ...maintenance, until: maintenance.until.toISOString() },
    };
  },

  async issues({ limit, cursor, open }: PageQuery & { open?: boolean }) {
    const rows = await repository.listIssues(database.db, { open }, { after: keyAfter(cursor), limit: limit + 1 });
    return toPage(rows, limit, (row) => [row.at_exact, row.id], toIssueView);
  },

  async repairs({ limit, cursor }: PageQuery) {
    const rows = await repository.listRepairs(database.db, { after: keyAfter(cursor), limit: limit + 1 });
    return toPage(rows, limit, (row) => [row.at_exact, row.id], toRepairView);
  },

  async events({ limit, cursor }: PageQuery) {
    const after = cursor === undefined ? undefined : Number(decodeCursor(cursor, 1)[0]);
    return toPage(await repository.listEvents(database.db, { after, limit: limit + 1 }), limit, (row) => [row.id], toHealingEventView);
  },

  async overview(): Promise<RepairsOverview> {
    const { db } = database;
    const [used, waiting, restarts] = await Promise.all([
      repository.countRecentRepairs(db, CAPS.windowMs),
      repository.listWaiting(db),
      repository.listRestarts(db, RESTARTS_SHOWN),
    ]);
    return {
      caps: { used, ...CAPS },
      waiting: waiting.map(toRepairView),
      restarts: restarts.map((row) => ({
        id: row.id,
        service: row.service_name,
        reason: row.reason,
        initiatedBy: row.initiated_by,
        detectedAt: row.detected_at.toISOString(),
        readyAt: iso(row.ready_at),
        durationMs: row.duration_ms,
      })),
    };
  },

  /** All that the rows say about one issue. Errors: `not_found`. */
  async report(id: string): Promise<IssueReport> {
    const row = await repository.findIssue(database.db, id);
    if (!row) throw new AppError('not_found', { message: 'There is no such issue.' });
    const [repairRows, eventRows] = await Promise.all([repository.repairsOf(database.db, id), repository.eventsOf(database.db, id)]);
    const [issue, repairs, events] = [toIssueView(row), repairRows.map(toRepairView), eventRows.map(toHealingEventView)];
    return { issue, repairs, events, text: reportText(issue, repairs, events), words: null };
  },

  /** Asks for a suggested repair. Errors: `not_found`, `conflict`. */
  repair: (who: Principal, issueId: string, fixup: string): Promise<RepairView> =>
    database.inTransaction(async (tx) => {
      const repair = await requestRepair(tx, { issueId, suggestion: fixup, by: who.username });
      await audit.record(tx, who, 'repair.requested', fixup, { issueId });
      await notifier.publish(tx, 'healing.wake', { what: 'repair' });
      return repair;
    }),

  /** Looks at everything now, the test question included. */
  look: (who: Principal): Promise<void> =>
    database.inTransaction(async (tx) => {
      await audit.record(tx, who, 'health.looked-at', null);
      await notifier.publish(tx, 'healing.wake', { what: 'check' });
      await notifier.publish(tx, 'healing.wake', { what: 'canary' });
    }),

  /** Stops a part until it is released: the box does not start it by itself. Errors: `not_found`, `conflict`. */
  async hold(who: Principal, name: string): Promise<void> {
    const part = toParts({ launcher: await launcherState(), issues: [], holds: new Map() }).find((one) => one.name === name);
    if (!part) throw new AppError('not_found', { message: `No part of this box is called “${name}”.` });
    if (!part.canHold)
      throw new AppError('conflict', { message: `${name} cannot be stopped by itself: other parts share its process, or the box is of no use without it.` });
    await database.inTransaction(async (tx) => {
      await tx
        .insertInto('service_holds')
        .values({ service_name: name, held_by: who.username })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await audit.record(tx, who, 'part.stopped', name);
      await notifier.publish(tx, 'healing.wake', { what: 'hold' });
    });
  },

  /** Lets a held part run again. Errors: `not_found` for one that nobody holds. */
  release: (who: Principal, name: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom('service_holds').where('service_name', '=', name).executeTakeFirst();
      if (numDeletedRows === 0n) throw new AppError('not_found', { message: `“${name.slice(0, 80)}” is not stopped by anybody; there is nothing to start.` });
      await audit.record(tx, who, 'part.started', name);
      await notifier.publish(tx, 'healing.wake', { what: 'hold' });
    }),

  async drills({ limit, cursor }: PageQuery) {
    const rows = await repository.listDrills(database.db, { after: keyAfter(cursor), limit: limit + 1 });
    const steps = await repository.listDrillSteps(
      database.db,
      rows.map(({ id }) => id),
    );
    return toPage(
      rows,
      limit,
      (row) => [row.at_exact, row.id],
      (row) => toDrill(row, steps),
    );
  },

  /** Begins a fault drill. Errors: `conflict` while one runs or something else works on the box. */
  drill: (who: Principal): Promise<DrillView> =>
    database.inTransaction(async (tx) => {
      const maintenance = await findMaintenance(tx);
      if (maintenance) throw new AppError('conflict', { message: `${maintenance.holder} is at work (${maintenance.name}). Wait until it is done.` });
      const row = await tx
        .insertInto('fault_drills')
        .values({ requested_by: who.username })
        .onConflict((conflict) => conflict.doNothing())
        .returningAll()
        .executeTakeFirst();
      if (!row) throw new AppError('conflict', { message: 'A fault drill is under way already.' });
      await audit.record(tx, who, 'drill.requested', row.id);
      await notifier.publish(tx, 'healing.wake', { what: 'drill' });
      return toDrill(row, []);
    }),

  /** Ends a drill after the step in hand. Errors: `not_found`, `conflict` for one that is over. */
  cancelDrill: (who: Principal, id: string): Promise<DrillView> =>
    database.inTransaction(async (tx) => {
      const row = await tx.selectFrom('fault_drills').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
      if (!row) throw new AppError('not_found', { message: 'There is no such drill.' });
      if (row.finished_at) throw new AppError('conflict', { message: 'That drill is over.' });
      const ended = await tx
        .updateTable('fault_drills')
        .set({ status: 'cancelled', finished_at: new Date(clock.now()), error: `Cancelled by ${who.username}.` })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await audit.record(tx, who, 'drill.cancelled', id);
      return toDrill(ended, await repository.listDrillSteps(tx, [id]));
    }),
});
export type HealingService = ReturnType<typeof createHealingService>;

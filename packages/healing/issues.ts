import type { Selectable } from 'kysely';
import type { HealingEventView, IssueView, RepairView } from '#contracts';
import type { Db, HealingIssues, HealingRepairs, SelfHealingEvents, Tx } from '#db';
import { AppError } from '#kit';
import { fixupById, suggestionsFor } from './registry.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toIssueView = (row: Selectable<HealingIssues>): IssueView => ({
  id: row.id,
  checkId: row.check_id,
  subject: row.subject,
  severity: row.severity as IssueView['severity'],
  status: row.status as IssueView['status'],
  description: row.description,
  incurable: row.incurable,
  evidence: row.evidence as IssueView['evidence'],
  sightings: row.sightings,
  raisedAt: row.raised_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  closedAt: iso(row.closed_at),
  healedBy: row.healed_by,
  suggestions: row.closed_at ? [] : suggestionsFor(row.check_id).map(({ id, ...facts }) => ({ fixup: id, ...facts })),
});

export const toRepairView = (row: Selectable<HealingRepairs>): RepairView => ({
  id: row.id,
  issueId: row.issue_id,
  fixup: row.fixup,
  subject: row.subject,
  status: row.status as RepairView['status'],
  destroys: row.destroys,
  askedBy: row.asked_by,
  attempt: row.attempt,
  reason: row.reason,
  proof: row.proof as RepairView['proof'],
  createdAt: row.created_at.toISOString(),
  startedAt: iso(row.started_at),
  finishedAt: iso(row.finished_at),
});

export const toHealingEventView = (row: Selectable<SelfHealingEvents>): HealingEventView => ({
  id: row.id,
  at: row.timestamp.toISOString(),
  eventType: row.event_type,
  severity: row.severity as HealingEventView['severity'],
  description: row.description,
  actionTaken: row.action_taken,
  step: row.step as HealingEventView['step'],
  subject: row.subject,
  issueId: row.issue_id,
});

const ranks: Record<string, number> = { CRITICAL: 0, WARNING: 1, INFO: 2 };

/** What is wrong now, the worst first, each with what may be done about it. */
export const listOpenIssues = async (db: Db): Promise<IssueView[]> => {
  const rows = await db.selectFrom('healing_issues').selectAll().where('closed_at', 'is', null).orderBy('raised_at').execute();
  return rows.map(toIssueView).sort((a, b) => ranks[a.severity]! - ranks[b.severity]!);
};

/**
 * Asks for a suggested repair of an open issue; self-healing carries it out and proves it. The caller wakes it once this has committed
 * (`healing.wake`). Asking twice for the same gives the same repair. Errors: `not_found`, `conflict` for an issue that is over or has no such suggestion.
 */
export const requestRepair = async (tx: Tx, { issueId, suggestion, by }: { issueId: string; suggestion: string; by: string | null }): Promise<RepairView> => {
  const issue = await tx.selectFrom('healing_issues').selectAll().where('id', '=', issueId).forUpdate().executeTakeFirst();
  if (!issue) throw new AppError('not_found', { message: 'There is no such issue.' });
  if (issue.closed_at) throw new AppError('conflict', { message: `“${issue.description}” is over; there is nothing to repair any more.` });
  const fixup = fixupById(suggestion);
  if (!fixup || !suggestionsFor(issue.check_id).some(({ id }) => id === suggestion)) {
    const known = suggestionsFor(issue.check_id).map(({ id }) => id);
    throw new AppError('conflict', {
      message: known.length === 0 ? 'No repair is known for this; it needs a person.' : `“${suggestion}” is no repair for this. Known: ${known.join(', ')}.`,
    });
  }
  const active = await tx
    .selectFrom('healing_repairs')
    .selectAll()
    .where('issue_id', '=', issueId)
    .where('fixup', '=', suggestion)
    .where('status', 'in', ['waiting', 'requested', 'running'])
    .executeTakeFirst();
  if (active && active.status !== 'waiting') return toRepairView(active);
  if (active) {
    const approved = await tx
      .updateTable('healing_repairs')
      .set({ status: 'requested', asked_by: by })
      .where('id', '=', active.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toRepairView(approved);
  }
  const { tries } = await tx
    .selectFrom('healing_repairs')
    .select((eb) => eb.fn.countAll<number>().as('tries'))
    .where('issue_id', '=', issueId)
    .where('fixup', '=', suggestion)
    .executeTakeFirstOrThrow();
  const row = await tx
    .insertInto('healing_repairs')
    .values({ issue_id: issueId, fixup: suggestion, subject: issue.subject, destroys: fixup.destroys, asked_by: by, attempt: tries + 1 })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRepairView(row);
};

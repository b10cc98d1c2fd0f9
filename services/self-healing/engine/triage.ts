import { sql, type Selectable } from 'kysely';
import type { Settings } from '#contracts';
import type { Database, HealingIssues, Tx } from '#db';
import { findMaintenance, requestRepair, suggestionsFor } from '#healing';
import { decide, WINDOW_MS, type Decision } from './decide.ts';
import { askPeople, escalate } from './escalate.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  settings: () => Settings;
  firstPauseMs: number;
}

const situationOf = async (tx: Tx, issue: Selectable<HealingIssues>, { settings, firstPauseMs }: Needs) => {
  const maintenance = await findMaintenance(tx);
  const repairs = await tx.selectFrom('healing_repairs').selectAll().where('issue_id', '=', issue.id).orderBy('created_at').execute();
  const recent = await tx
    .selectFrom('healing_repairs')
    .select('started_at')
    .where('asked_by', 'is', null)
    .where('started_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${WINDOW_MS / 1000})`)
    .execute();
  const { repairs: mode, reboot } = settings().healing;
  return {
    status: issue.status as 'open' | 'healing' | 'escalated',
    incurable: issue.incurable,
    suggestions: suggestionsFor(issue.check_id),
    tries: repairs
      .filter(({ asked_by: by, status }) => by === null && ['running', 'proven', 'failed'].includes(status))
      .map(({ fixup, finished_at: at }) => ({ fixup, finishedAt: at?.getTime() ?? null })),
    inHand: repairs.some(({ status }) => ['waiting', 'requested', 'running'].includes(status)),
    recentRepairs: recent.flatMap(({ started_at: at }) => at?.getTime() ?? []),
    heldBack: maintenance && `Nothing is repaired while ${maintenance.holder} is at work (${maintenance.name}: ${maintenance.reason}).`,
    mode,
    mayReboot: reboot === 'automatic',
    firstPauseMs,
  };
};

const act = async (tx: Tx, issue: Selectable<HealingIssues>, decision: Decision): Promise<boolean> => {
  if (decision.kind === 'wait') return false;
  if (decision.kind === 'escalate') await escalate(tx, issue, decision.why);
  if (decision.kind === 'ask') {
    await askPeople(tx, issue, decision.fixup);
    await escalate(tx, issue, 'A repair is suggested and waits for a word.');
  }
  if (decision.kind === 'repair') await requestRepair(tx, { issueId: issue.id, suggestion: decision.fixup, by: null });
  return true;
};

/** Decides about every open issue. Returns whether anything was decided. */
export const triage = async (needs: Needs): Promise<boolean> => {
  const open = await needs.database.db
    .selectFrom('healing_issues')
    .select('id')
    .where('closed_at', 'is', null)
    .where('status', 'in', ['open', 'healing'])
    .orderBy('raised_at')
    .execute();
  let decided = false;
  for (const { id } of open) {
    decided =
      (await needs.database.inTransaction(async (tx) => {
        const issue = await tx.selectFrom('healing_issues').selectAll().where('id', '=', id).where('closed_at', 'is', null).forUpdate().executeTakeFirst();
        if (!issue) return false;
        const { now } = await tx.selectNoFrom(sql<Date>`clock_timestamp()`.as('now')).executeTakeFirstOrThrow();
        return act(tx, issue, decide(await situationOf(tx, issue, needs), now.getTime()));
      })) || decided;
  }
  return decided;
};

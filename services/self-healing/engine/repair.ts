import { sql, type Selectable } from 'kysely';
import type { Database, HealingIssues, HealingRepairs } from '#db';
import { findMaintenance, fixupById, recordHealingEvent } from '#healing';
import { errorText } from '#kit';
import type { Check, Fixup, Needs } from '../types.ts';
import { lookOnce } from './rounds.ts';
import { closeIssue } from './sightings.ts';

/** Between two looks of a proof. */
const LOOK_AGAIN_MS = 1_000;
/** A small box loads its model first. */
const CANARY_MS = 4 * 60_000;

interface RepairNeeds {
  database: Pick<Database, 'db' | 'inTransaction'>;
  needs: Needs;
  checks: readonly Check[];
  fixups: readonly Fixup[];
}

interface Proof {
  ok: boolean;
  check: string;
  looks: number;
  canary: string | null;
  reason: string | null;
}

/** Carries out repairs that were asked for, one at a time, and proves each: done is what the check does not find any more and the canary confirms. */
export const createRepairs = ({ database, needs, checks, fixups }: RepairNeeds) => {
  const prove = async (issue: Selectable<HealingIssues>, fixup: Fixup, signal: AbortSignal): Promise<Proof> => {
    const check = checks.find(({ id }) => id === issue.check_id);
    const proof: Proof = { ok: false, check: issue.check_id, looks: 0, canary: null, reason: null };
    if (!check) return { ...proof, reason: 'There is no check any more that could prove it.' };
    const until = needs.clock.now() + fixup.proofMs;
    for (;;) {
      proof.looks += 1;
      const look = await lookOnce(check, needs, signal).catch((error: unknown) => ({ error: errorText(error) }));
      signal.throwIfAborted();
      if (!('error' in look)) {
        const still = 'skipped' in look ? undefined : look.find(({ subject }) => subject === issue.subject);
        if (!still) break;
        proof.reason = still.description;
      } else proof.reason = `The check itself failed: ${look.error}`;
      if (needs.clock.now() >= until) return proof;
      await needs.clock.sleep(LOOK_AGAIN_MS, signal);
    }
    if (!fixup.canary) return { ...proof, ok: true, reason: null };
    const answer = await needs.canary({ occasion: 'repair', timeoutMs: CANARY_MS, signal });
    if (!answer.ok) return { ...proof, reason: `The known question did not get its known citation: ${answer.reason}` };
    return { ...proof, ok: true, canary: answer.cited, reason: null };
  };

  const begin = (row: Selectable<HealingRepairs>): Promise<Selectable<HealingIssues> | null> =>
    database.inTransaction(async (tx) => {
      const maintenance = await findMaintenance(tx);
      const issue = row.issue_id
        ? await tx.selectFrom('healing_issues').selectAll().where('id', '=', row.issue_id).where('closed_at', 'is', null).forUpdate().executeTakeFirst()
        : undefined;
      const refusal = !issue ? 'The issue is over.' : maintenance ? `${maintenance.holder} is at work (${maintenance.name}); ask again when it is done.` : null;
      if (refusal !== null || !issue) {
        await tx
          .updateTable('healing_repairs')
          .set({ status: 'refused', reason: refusal, finished_at: sql`clock_timestamp()` })
          .where('id', '=', row.id)
          .execute();
        return null;
      }
      await tx
        .updateTable('healing_repairs')
        .set({ status: 'running', started_at: sql`clock_timestamp()` })
        .where('id', '=', row.id)
        .execute();
      await tx.updateTable('healing_issues').set({ status: 'healing' }).where('id', '=', issue.id).execute();
      await recordHealingEvent(tx, {
        type: issue.check_id,
        step: 'action',
        severity: 'WARNING',
        description: `${fixupById(row.fixup)?.does ?? row.fixup} (try ${row.attempt})`,
        action: row.fixup,
        issueId: issue.id,
        repairId: row.id,
        subject: issue.subject,
        data: { askedBy: row.asked_by },
      });
      return issue;
    });

  const finish = (row: Selectable<HealingRepairs>, issue: Selectable<HealingIssues>, done: string, proof: Proof): Promise<void> =>
    database.inTransaction(async (tx) => {
      await tx
        .updateTable('healing_repairs')
        .set({ status: proof.ok ? 'proven' : 'failed', reason: proof.reason, proof: JSON.stringify({ ...proof, done }), finished_at: sql`clock_timestamp()` })
        .where('id', '=', row.id)
        .execute();
      if (proof.ok) await closeIssue(tx, { id: issue.id, status: 'healed', healedBy: row.fixup });
      // What a person tried is not tried again by the box: they know more than it does.
      else
        await tx
          .updateTable('healing_issues')
          .set({ status: row.asked_by === null ? 'open' : 'escalated' })
          .where('id', '=', issue.id)
          .where('closed_at', 'is', null)
          .execute();
      await recordHealingEvent(tx, {
        type: issue.check_id,
        step: 'outcome',
        severity: proof.ok ? 'INFO' : 'WARNING',
        description: proof.ok
          ? `Healed, and proven: the check finds nothing any more${proof.canary === null ? '' : ', and the known question got its known citation'}.`
          : `Not healed: ${proof.reason}`,
        action: row.fixup,
        issueId: issue.id,
        repairId: row.id,
        subject: issue.subject,
        data: { ...proof, done },
      });
    });

  const carryOut = async (row: Selectable<HealingRepairs>, issue: Selectable<HealingIssues>, signal: AbortSignal, apply: boolean): Promise<void> => {
    const fixup = fixups.find(({ id }) => id === row.fixup);
    let done = 'It was carried out before this process was started again.';
    let proof: Proof = { ok: false, check: issue.check_id, looks: 0, canary: null, reason: `There is no repair called “${row.fixup}” in this release.` };
    try {
      if (fixup && apply) {
        const target = { checkId: issue.check_id, subject: issue.subject, evidence: issue.evidence as Record<string, unknown>, askedBy: row.asked_by };
        done = await fixup.apply(needs, target, signal);
      }
      if (fixup) proof = await prove(issue, fixup, signal);
    } catch (error) {
      if (signal.aborted) return; // it may have been this process that is started again; the next one goes on with the proof
      proof = { ...proof, reason: errorText(error) };
    }
    await finish(row, issue, done, proof);
  };

  return {
    /** Goes on with what a process that is gone had begun: it may have been itself that was started again. */
    async resume(signal: AbortSignal): Promise<void> {
      const rows = await database.db.selectFrom('healing_repairs').selectAll().where('status', '=', 'running').orderBy('created_at').execute();
      for (const row of rows) {
        const issue = await database.db.selectFrom('healing_issues').selectAll().where('id', '=', row.issue_id).executeTakeFirst();
        if (issue) await carryOut(row, issue, signal, false);
      }
    },
    /** Carries out what was asked for. Returns whether there was anything. */
    async runRequested(signal: AbortSignal): Promise<boolean> {
      const row = await database.db
        .selectFrom('healing_repairs')
        .selectAll()
        .where('status', '=', 'requested')
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst();
      if (!row || signal.aborted) return false;
      const issue = await begin(row);
      if (issue) await carryOut(row, issue, signal, true);
      return true;
    },
  };
};

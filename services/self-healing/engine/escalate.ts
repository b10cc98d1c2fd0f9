import type { Selectable } from 'kysely';
import type { HealingIssues, Tx } from '#db';
import { fixupById, recordHealingEvent } from '#healing';

/** Says on the timeline that a person is needed, and why. Whoever tells people (the alert engine) reads `healing_issues.status = 'escalated'`. */
export const escalate = async (tx: Tx, issue: Selectable<HealingIssues>, why: string): Promise<void> => {
  await tx.updateTable('healing_issues').set({ status: 'escalated' }).where('id', '=', issue.id).execute();
  await recordHealingEvent(tx, {
    type: issue.check_id,
    step: 'outcome',
    severity: 'CRITICAL',
    description: `A person is needed: ${issue.description} ${why}`,
    action: 'escalated',
    issueId: issue.id,
    subject: issue.subject,
    data: issue.evidence as Record<string, unknown>,
  });
};

/** Puts a suggestion before people: it is carried out when somebody says so. */
export const askPeople = async (tx: Tx, issue: Selectable<HealingIssues>, fixupId: string): Promise<void> => {
  const fixup = fixupById(fixupId);
  if (!fixup) return;
  await tx
    .insertInto('healing_repairs')
    .values({ issue_id: issue.id, fixup: fixupId, subject: issue.subject, destroys: fixup.destroys, status: 'waiting', asked_by: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await recordHealingEvent(tx, {
    type: issue.check_id,
    step: 'note',
    severity: issue.severity as 'INFO' | 'WARNING' | 'CRITICAL',
    description: `Waits for a person's word: ${fixup.does}`,
    issueId: issue.id,
    subject: issue.subject,
  });
};

import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import { recordHealingEvent } from '#healing';
import type { Found } from '../types.ts';

/** Issues that are open for a check, by subject, locked. */
const findOpen = (tx: Tx, checkId: string) =>
  tx.selectFrom('healing_issues').selectAll().where('check_id', '=', checkId).where('closed_at', 'is', null).forUpdate().execute();

const changed = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/**
 * Brings the rows in line with what a look found: raises what is new, notes what is still there, and closes what is gone by itself. What a
 * repair has in hand is left to it. Returns whether anything changed that a page shows.
 */
export const noteSightings = async (tx: Tx, checkId: string, found: readonly Found[]): Promise<boolean> => {
  const open = await findOpen(tx, checkId);
  let isNews = false;
  for (const one of found) {
    const known = open.find(({ subject }) => subject === one.subject);
    if (known) {
      await tx
        .updateTable('healing_issues')
        .set({
          last_seen_at: sql`clock_timestamp()`,
          sightings: known.sightings + 1,
          severity: one.severity,
          description: one.description,
          evidence: JSON.stringify(one.evidence),
          incurable: one.incurable ?? null,
        })
        .where('id', '=', known.id)
        .execute();
      isNews ||= changed(known.description, one.description);
      continue;
    }
    isNews = true;
    const { id } = await tx
      .insertInto('healing_issues')
      .values({
        check_id: checkId,
        subject: one.subject,
        severity: one.severity,
        description: one.description,
        evidence: JSON.stringify(one.evidence),
        incurable: one.incurable ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordHealingEvent(tx, {
      type: checkId,
      step: 'raise',
      severity: one.severity,
      description: one.description,
      issueId: id,
      subject: one.subject,
      data: one.evidence,
    });
  }
  for (const issue of open) {
    if (issue.status === 'healing' || found.some(({ subject }) => subject === issue.subject)) continue;
    isNews = true;
    await closeIssue(tx, { id: issue.id, status: 'gone', healedBy: null });
    await recordHealingEvent(tx, {
      type: checkId,
      step: 'outcome',
      severity: 'INFO',
      description: `It is over without a repair: ${issue.description}`,
      issueId: issue.id,
      subject: issue.subject,
    });
  }
  return isNews;
};

/** Ends an issue, and with it the suggestions that still waited for a person. */
export const closeIssue = async (db: Db, { id, status, healedBy }: { id: string; status: 'healed' | 'gone'; healedBy: string | null }): Promise<void> => {
  await db
    .updateTable('healing_issues')
    .set({ status, healed_by: healedBy, closed_at: sql`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
  await db
    .updateTable('healing_repairs')
    .set({ status: 'dismissed', reason: 'It was well again before anybody answered.', finished_at: sql`clock_timestamp()` })
    .where('issue_id', '=', id)
    .where('status', 'in', ['waiting', 'requested'])
    .execute();
};

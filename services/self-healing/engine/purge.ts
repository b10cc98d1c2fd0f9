import { sql } from 'kysely';
import type { Db } from '#db';

/** As the schema's retention says; what belongs to an issue stays as long as it is open. */
const KEEP_EVENTS_DAYS = 7;
const KEEP_ISSUES_DAYS = 90;

/** Removes what is past its time. Can run any number of times. */
export const purgeHealing = async (db: Db): Promise<void> => {
  await sql`delete from self_healing_events where "timestamp" < now() - make_interval(days => ${KEEP_EVENTS_DAYS})
    and (issue_id is null or issue_id not in (select id from healing_issues where closed_at is null))`.execute(db);
  await sql`delete from healing_issues where closed_at < now() - make_interval(days => ${KEEP_ISSUES_DAYS})`.execute(db);
  await sql`delete from service_restarts where detected_at < now() - make_interval(days => ${KEEP_ISSUES_DAYS})`.execute(db);
};

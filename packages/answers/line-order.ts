import { sql, type RawBuilder } from 'kysely';

/**
 * The order of what waits, as a key that rises: first what an administrator placed by hand, then as the scheduler
 * foretells it; what it has not seen yet by class and arrival.
 * `alias` names `llm_queue` in the statement.
 */
export const lineKey = (alias: 'llm_queue' | 'q' | 'me'): RawBuilder<unknown> => {
  const { ref } = sql;
  return sql`(coalesce(${ref(`${alias}.hand_rank`)}, 2147483647), coalesce(${ref(`${alias}.place`)}, 2147483647), -${ref(`${alias}.priority`)}, ${ref(`${alias}.id`)})`;
};

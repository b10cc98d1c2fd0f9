import { sql, type RawBuilder } from 'kysely';

/**
 * The order of what waits, as a key that rises: first what an administrator placed by hand, then by class, then by arrival.
 * `alias` names `llm_queue` in the statement.
 */
export const lineKey = (alias: 'llm_queue' | 'q' | 'me'): RawBuilder<unknown> => {
  const { ref } = sql;
  return sql`(coalesce(${ref(`${alias}.hand_rank`)}, 2147483647), -${ref(`${alias}.priority`)}, ${ref(`${alias}.id`)})`;
};

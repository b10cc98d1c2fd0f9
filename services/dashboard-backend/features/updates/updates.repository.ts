import type { Db } from '#db';

/** Statements on `update_events`, which the updater writes. */
export const updatesRepository = {
  /** Updates, newest first; `after` is the id of the last row of the page before. */
  list: (db: Db, { after, limit }: { after?: number; limit: number }) =>
    db
      .selectFrom('update_events')
      .selectAll()
      .where('update_id', 'is not', null)
      .$if(after !== undefined, (query) => query.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
};
export type UpdatesRepository = typeof updatesRepository;

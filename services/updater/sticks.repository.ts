import { sql } from 'kysely';
import type { Stick, StickFile } from '#clients';
import type { Db } from '#db';

/** Statements on `update_bundles` of sticks. `touched_at` is the file's own time: another file under the same name is another bundle. */
export const sticksRepository = {
  find: (db: Db, stickId: string, path: string) =>
    db.selectFrom('update_bundles').selectAll().where('stick_id', '=', stickId).where('stick_path', '=', path).executeTakeFirst(),
  put: (db: Db, { id, stick, file, name, now }: { id: string; stick: Stick; file: StickFile; name: string; now: Date }) => {
    const row = {
      name,
      size_bytes: file.sizeBytes,
      received_bytes: file.sizeBytes,
      stick_name: stick.name.slice(0, 200),
      state: 'waiting',
      plan: null,
      refusal: null,
      problem: null,
      touched_at: file.modifiedAt,
      created_at: now,
    };
    return db
      .insertInto('update_bundles')
      .values({ id, origin: 'stick', stick_id: stick.id, stick_path: file.path, ...row })
      .onConflict((conflict) => conflict.columns(['stick_id', 'stick_path']).doUpdateSet(row))
      .execute();
  },
  askForCheck: (db: Db, id: string, bundleId: string) =>
    db.insertInto('update_requests').values({ id, kind: 'check', reason: 'arrival', bundle_id: bundleId }).execute(),
  /** Bundles of sticks that are not plugged in. */
  forgetOthers: (db: Db, seen: readonly { stickId: string; path: string }[]) =>
    db
      .updateTable('update_bundles')
      .set({ state: 'gone' })
      .where('origin', '=', 'stick')
      .where('state', '!=', 'gone')
      .where(
        sql<boolean>`(stick_id, stick_path) not in (select one ->> 'stickId', one ->> 'path' from jsonb_array_elements(${JSON.stringify(seen)}::jsonb) as one)`,
      )
      .execute(),
  listWithoutReceipt: (db: Db): Promise<{ requestId: string; updateId: string; stickId: string }[]> =>
    db
      .selectFrom('update_requests as r')
      .innerJoin('update_bundles as b', 'b.id', 'r.bundle_id')
      .select(['r.id as requestId', 'r.update_id as updateId', 'b.stick_id as stickId'])
      .where('r.receipt_at', 'is', null)
      .where('r.update_id', 'is not', null)
      .where('b.origin', '=', 'stick')
      .where('b.stick_id', 'is not', null)
      .$narrowType<{ updateId: string; stickId: string }>()
      .execute(),
  receiptWritten: (db: Db, requestId: string, now: Date) => db.updateTable('update_requests').set({ receipt_at: now }).where('id', '=', requestId).execute(),
};

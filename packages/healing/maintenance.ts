import { sql } from 'kysely';
import type { Db } from '#db';
import { AppError } from '#kit';

export interface MaintenanceLock {
  /** `update`, `backup`, `restore`: one of each at a time. */
  name: string;
  holder: string;
  reason: string;
  until: Date;
}

/**
 * Keeps the box from repairing itself while somebody works on it as a whole. It ends by itself after `forMs`; whoever needs it longer
 * takes it again under the same `holder`. Errors: `conflict` while another holder has it.
 */
export const takeMaintenance = async (
  db: Db,
  { name, holder, reason, forMs }: { name: string; holder: string; reason: string; forMs: number },
): Promise<void> => {
  const until = sql<Date>`clock_timestamp() + make_interval(secs => ${forMs / 1000})`;
  const taken = await db
    .insertInto('maintenance_locks')
    .values({ name, holder, reason, until })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, reason, until })
        .where((eb) => eb.or([eb('maintenance_locks.holder', '=', holder), sql<boolean>`maintenance_locks.until < clock_timestamp()`])),
    )
    .returning('name')
    .executeTakeFirst();
  if (taken) return;
  const other = await db.selectFrom('maintenance_locks').select(['holder', 'until']).where('name', '=', name).executeTakeFirst();
  throw new AppError('conflict', { message: `Another ${name} is at work (${other?.holder ?? 'it has just ended'}). Wait until it is done.` });
};

/** Gives the lock back. Safe to repeat; another holder's stays. */
export const releaseMaintenance = async (db: Db, { name, holder }: { name: string; holder: string }): Promise<void> => {
  await db.deleteFrom('maintenance_locks').where('name', '=', name).where('holder', '=', holder).execute();
};

/** The lock that is in force now and lasts longest; null when none is. */
export const findMaintenance = async (db: Db): Promise<MaintenanceLock | null> =>
  (await db
    .selectFrom('maintenance_locks')
    .select(['name', 'holder', 'reason', 'until'])
    .where(sql<boolean>`until > clock_timestamp()`)
    .orderBy('until', 'desc')
    .limit(1)
    .executeTakeFirst()) ?? null;

/** Renewed long before it ends; a holder that was killed keeps the box from repairing itself for no longer than this. */
const HELD_MS = 3 * 60_000;
const RENEW_MS = 60_000;

/** Holds the lock for as long as `work` takes. Errors: `conflict` while another holder has it, and those of `work`. */
export const withMaintenance = async <T>(db: Db, lock: { name: string; holder: string; reason: string }, work: () => Promise<T>): Promise<T> => {
  await takeMaintenance(db, { ...lock, forMs: HELD_MS });
  // A renewal that fails is tried again a minute later; the lock outlives two of them.
  const renewal = setInterval(() => void takeMaintenance(db, { ...lock, forMs: HELD_MS }).catch(() => undefined), RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await releaseMaintenance(db, lock);
  }
};

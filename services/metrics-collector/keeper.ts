import type { Settings } from '#contracts';
import type { Db } from '#db';
import { errorText, type Logger } from '#kit';
import { createPartition, dropPartition, listPartitions, partitionAt, partitionEnd } from './partitions.ts';
import { rawTables, rollupLevels, type TimeTable } from './tables.ts';

const DAY_MS = 86_400_000;
/** A collector that is away for a weekend must not leave the next start without a place for its samples. */
const DAYS_AHEAD = 2;
/**
 * A box without a clock battery may wake up years ahead and be set right a minute later. So a partition goes only when two
 * hourly runs in a row found it expired, and one of a table at a time: a jump drops nothing, and a long stop is still
 * caught up with in a few hours.
 */
const DROPS_A_RUN = 1;

const tables: readonly TimeTable[] = [...rawTables, ...rollupLevels];

interface Needs {
  db: Db;
  log: Logger;
}

/** Makes partitions before they are needed and drops those whose time is over. */
export interface PartitionKeeper {
  /** Makes sure of the partitions of one table for these instants (ms). Costs nothing for those that it knows. */
  ensure(table: TimeTable, instants: number[]): Promise<void>;
  /** The same for all raw tables. */
  ensureRaw(instants: number[]): Promise<void>;
  /** Makes the partitions of the days to come and drops expired ones. Returns the names of the dropped. */
  tidy(now: number, keep: Settings['metrics']): Promise<string[]>;
  /** Forgets what is there: another server may have come in the old one's place. */
  forget(): void;
}

export const createPartitionKeeper = ({ db, log }: Needs): PartitionKeeper => {
  const known = new Set<string>();
  /** What the run before found expired. */
  let condemned = new Set<string>();

  const ensure = async (table: TimeTable, instants: number[]): Promise<void> => {
    for (const t of instants) {
      const partition = partitionAt(table.table, table.span, t);
      if (known.has(partition.name)) continue;
      await createPartition(db, partition);
      known.add(partition.name);
    }
  };

  const listExpired = async ({ table }: TimeTable, limit: number): Promise<string[]> =>
    (await listPartitions(db, table)).filter((name) => (partitionEnd(name) ?? Infinity) <= limit);

  const drop = async (names: string[]): Promise<string[]> => {
    const doomed = names.filter((name) => condemned.has(name)).slice(0, DROPS_A_RUN);
    for (const name of doomed) {
      await dropPartition(db, name);
      known.delete(name);
    }
    return doomed;
  };

  return {
    ensure,
    async ensureRaw(instants) {
      for (const table of rawTables) await ensure(table, instants);
    },
    async tidy(now, keep) {
      const dropped: string[] = [];
      const expired: string[] = [];
      for (const table of tables) {
        await ensure(
          table,
          Array.from({ length: DAYS_AHEAD + 1 }, (_, days) => now + days * DAY_MS),
        );
        try {
          const over = await listExpired(table, now - keep[table.keep] * DAY_MS);
          expired.push(...over);
          dropped.push(...(await drop(over)));
        } catch (error) {
          log.warn({ table: table.table, reason: errorText(error) }, 'an expired partition is in use; it is dropped at the next run');
        }
      }
      condemned = new Set(expired);
      if (dropped.length > 0) log.info({ dropped }, 'expired metrics dropped');
      return dropped;
    },
    forget: () => known.clear(),
  };
};

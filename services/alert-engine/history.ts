import { sql } from 'kysely';
import type { Readings } from '#alerts';
import type { Db } from '#db';

/** A value that trembles is written once a minute; that it came or went, at once. */
const CHANGE_EVERY_MS = 60_000;
/** What does not change is written this often, so that a gap in the rows is a gap in time. */
const REPEAT_EVERY_MS = 3_600_000;
const KEEP_MS = 60 * 86_400_000;
const PURGE_EVERY_MS = 3_600_000;

interface Row {
  signal: string;
  match: string;
  device: string;
  at: number;
  value: number;
}

/** Keeps what was heard of signals that are no metrics (those have tables of their own), so that rules can be tried on the past. */
export const createSignalHistory = () => {
  const written = new Map<string, Row>();
  let purgedAt: number | null = null;

  const isDue = (before: Row | undefined, value: number, now: number): boolean => {
    if (!before || now < before.at) return true;
    if (now - before.at >= REPEAT_EVERY_MS) return true;
    if (value === before.value) return false;
    return (value === 0) !== (before.value === 0) || now - before.at >= CHANGE_EVERY_MS;
  };

  return {
    /** The rows that are worth writing of what was read at `now`; `keep` them once they are written. */
    rowsOf(readings: Readings, now: number): Row[] {
      const rows: Row[] = [];
      const named = new Set<string>();
      for (const [key, series] of readings) {
        if (key.startsWith('metric.')) continue;
        const [signal = '', match = ''] = key.split('\n');
        for (const { device, value } of series) {
          const id = `${key}\n${device}`;
          named.add(id);
          if (isDue(written.get(id), value, now)) rows.push({ signal, match, device, at: now, value });
        }
      }
      // A source that names all there is and does not name this any more: it is gone, and at 0.
      for (const [id, row] of written) {
        const key = row.match === '' ? row.signal : `${row.signal}\n${row.match}`;
        if (!named.has(id) && row.value !== 0 && readings.has(key)) rows.push({ ...row, at: now, value: 0 });
      }
      return rows;
    },

    async write(tx: Db, rows: readonly Row[]): Promise<void> {
      if (rows.length === 0) return;
      await tx
        .insertInto('alert_signal_history')
        .values(rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    keep(rows: readonly Row[]): void {
      for (const row of rows) written.set(`${row.match === '' ? row.signal : `${row.signal}\n${row.match}`}\n${row.device}`, row);
    },

    /** Drops what is older than it is kept, once an hour. */
    async purge(db: Db, now: number): Promise<void> {
      if (purgedAt !== null && Math.abs(now - purgedAt) < PURGE_EVERY_MS) return;
      purgedAt = now;
      await sql`delete from alert_signal_history where at < ${new Date(now - KEEP_MS)}`.execute(db);
    },
  };
};

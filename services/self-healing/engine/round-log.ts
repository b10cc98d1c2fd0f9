import type { Db } from '#db';
import type { Round } from './rounds.ts';

/** A steady result is written this often: a row at every look would be a load of its own. */
const STEADY_MS = 60_000;

/** Keeps `healing_checks` true, with few writes: a change at once, a steady result once a minute. */
export const createRoundLog = (db: Db) => {
  const written = new Map<string, { at: number; text: string }>();
  let waiting: Round[] = [];
  return {
    add(round: Round): void {
      const text = JSON.stringify([round.found, round.error, round.skipped]);
      const last = written.get(round.checkId);
      if (last && last.text === text && round.at - last.at < STEADY_MS) return;
      written.set(round.checkId, { at: round.at, text });
      waiting.push(round);
    },
    async flush(): Promise<void> {
      const rows = [...new Map(waiting.map((round) => [round.checkId, round])).values()];
      waiting = [];
      if (rows.length === 0) return;
      await db
        .insertInto('healing_checks')
        .values(
          rows.map(({ checkId, at, tookMs, found, error, skipped }) => ({
            check_id: checkId,
            last_run_at: new Date(at),
            took_ms: Math.round(tookMs),
            found,
            error,
            skipped,
          })),
        )
        .onConflict((conflict) =>
          conflict.column('check_id').doUpdateSet((eb) => ({
            last_run_at: eb.ref('excluded.last_run_at'),
            took_ms: eb.ref('excluded.took_ms'),
            found: eb.ref('excluded.found'),
            error: eb.ref('excluded.error'),
            skipped: eb.ref('excluded.skipped'),
          })),
        )
        .execute();
    },
  };
};

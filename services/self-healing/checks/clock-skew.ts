import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

/** Corrections of daily life are smaller. */
const STEP_S = 120;

/** Samples from the future: the machine's clock was set back, so that times, expiry and schedules are wrong until it is right. */
export const clockSkew = defineCheck({
  id: 'clock.skew',
  everyMs: 60_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ ahead: number | null }>`select extract(epoch from max("timestamp") - now())::int as ahead from metrics_cpu`.execute(
      database.db,
    );
    const ahead = rows[0]?.ahead ?? null;
    if (ahead === null) return { skipped: 'Nothing was measured yet.' };
    if (ahead < STEP_S) return [];
    return [
      {
        subject: '',
        severity: 'WARNING' as const,
        description: `The machine's clock is ${ahead} s behind the newest measurement: it was set back, or was ahead before.`,
        evidence: { aheadS: ahead },
        incurable: 'Set the clock right (timedatectl), or let it be set from the network.',
      },
    ];
  },
});

import { Cron } from 'croner';

/** Whether a schedule came due since `after`; the instant, or null. One that was missed while the box was off comes due once. */
export const dueSince = (schedule: string, after: Date, now: Date): Date | null => {
  const next = new Cron(schedule, { paused: true }).nextRun(after);
  return next !== null && next <= now ? now : null;
};

/** Quiet hours of a person: minutes of the day in a time zone, from `from` until `until`, over midnight where that is earlier. */
export interface Quiet {
  from: number;
  until: number;
  timeZone: string;
  letsCritical: boolean;
}

const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
/** Minutes since midnight on the clocks of a time zone. */
const minuteOfDay = (now: number, timeZone: string): number => {
  let format = formats.get(timeZone);
  if (!format) formats.set(timeZone, (format = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })));
  const parts = format.formatToParts(now);
  const of = (type: 'hour' | 'minute'): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') * 60 + of('minute');
};

/**
 * Until when nothing is told, or null when it is not quiet now. Where the clocks change in between it is asked again at that time, so that
 * the hours hold on the person's clock.
 */
export const quietUntil = ({ from, until, timeZone }: Pick<Quiet, 'from' | 'until' | 'timeZone'>, now: number): number | null => {
  const minute = minuteOfDay(now, timeZone);
  const inside = from <= until ? minute >= from && minute < until : minute >= from || minute < until;
  if (!inside) return null;
  const left = (until - minute + DAY_MINUTES) % DAY_MINUTES;
  return Math.floor(now / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS;
};

/** Instants and durations in words. Pure: locale and `now` are arguments. */

/** From one instant to another; what both share is said once. */
export const formatSpan = (from: number, to: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).formatRange(from, to);

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
];

/** `at` seen from `now`, both in milliseconds: “6 hours ago”, “in 2 days”. Less than five seconds is now. */
export const formatRelative = (at: number, now: number, locale: string): string => {
  const delta = at - now;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
  if (Math.abs(delta) < 5 * SECOND) return format.format(0, 'second');
  const [unit, size] = STEPS.find(([, step]) => Math.abs(delta) >= step) ?? ['second', SECOND];
  return format.format(Math.trunc(delta / size), unit);
};

/** Date and time in the viewer's zone, to the second. */
export const formatAbsolute = (at: number, locale: string): string => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

/** A day of the calendar in words. */
export const formatDay = (at: number, locale: string): string => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(at);

type Unit = 'ms' | 's' | 'min' | 'h' | 'day';

/** The symbols of the SI brochure are the same in every language; a day has a word. */
const part = (value: number, unit: Unit, locale: string, digits = 0): string =>
  unit === 'day'
    ? new Intl.NumberFormat(locale, { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(value)
    : `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)}\u00a0${unit}`;

/** A duration in at most two units: `320 ms`, `4.2 s`, `1 min 20 s`, `3 h 5 min`, `2 days 4 h`. */
export const formatDuration = (ms: number, locale: string): string => {
  if (ms < 999.5) return part(Math.round(ms), 'ms', locale);
  if (ms < 9.95 * SECOND) return part(ms / SECOND, 's', locale, 1);
  const two = (big: number, bigUnit: Unit, small: number, smallUnit: Unit) => {
    const whole = Math.floor(ms / big);
    const rest = Math.floor((ms % big) / small);
    return rest === 0 ? part(whole, bigUnit, locale) : `${part(whole, bigUnit, locale)} ${part(rest, smallUnit, locale)}`;
  };
  if (ms < 59.5 * SECOND) return part(Math.round(ms / SECOND), 's', locale);
  if (ms < HOUR) return two(MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return two(HOUR, 'h', MINUTE, 'min');
  return two(DAY, 'day', HOUR, 'h');
};

/** An estimate is not exact: seconds rounded to what can be promised (`40 s`, `2 min`, `1 h 30 min`). */
export const formatEstimate = (ms: number, locale: string): string => {
  if (ms < 10 * SECOND) return part(Math.max(1, Math.round(ms / SECOND)), 's', locale);
  if (ms < 55 * SECOND) return part(Math.round(ms / (5 * SECOND)) * 5, 's', locale);
  if (ms < HOUR) return part(Math.max(1, Math.round(ms / MINUTE)), 'min', locale);
  return formatDuration(Math.round(ms / (10 * MINUTE)) * 10 * MINUTE, locale);
};

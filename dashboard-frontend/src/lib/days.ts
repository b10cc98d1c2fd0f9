/** Days of the reader's calendar, as a date field and an address write them: 2026-03-01. */

const dateOf = (day: string, plus = 0): Date => {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date + plus);
};

/** The first moment of a day in the reader's zone. */
export const startOfDay = (day: string): Date => dateOf(day);

/** The first moment after a day. */
export const afterDay = (day: string): Date => dateOf(day, 1);

/** The last moment of a day: what was said then was said at its end. */
export const endOfDay = (day: string): Date => new Date(afterDay(day).getTime() - 1);

/** The day before the one that `now` is in: the latest that is past. */
export const yesterday = (now: Date): string => {
  const { year, month, date } = { year: now.getFullYear(), month: now.getMonth(), date: now.getDate() };
  const day = new Date(year, month, date - 1);
  return [String(day.getFullYear()).padStart(4, '0'), String(day.getMonth() + 1).padStart(2, '0'), String(day.getDate()).padStart(2, '0')].join('-');
};

/** Numbers as people read them, in the language of the page. Pure: the locale is an argument. */

/** Keeps a number and its unit on one line. */
const GAP = '\u00a0';

const cache = new Map<string, Intl.NumberFormat>();

const formatter = (locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = locale + JSON.stringify(options);
  let found = cache.get(key);
  if (!found) cache.set(key, (found = new Intl.NumberFormat(locale, options)));
  return found;
};

/** A plain number with at most `digits` decimals. */
export const formatNumber = (value: number, locale: string, digits = 0): string => formatter(locale, { maximumFractionDigits: digits }).format(value);

/** `percent` is 0..100. One decimal below 10, none above: three figures say enough. */
export const formatPercent = (percent: number, locale: string): string =>
  `${formatter(locale, { maximumFractionDigits: percent < 9.95 ? 1 : 0 }).format(percent)}${GAP}%`;

/** Degrees Celsius without decimals; sensors are no better than that. */
export const formatCelsius = (celsius: number, locale: string): string => `${formatter(locale, { maximumFractionDigits: 0 }).format(celsius)}${GAP}°C`;

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes in decimal units, as disks are sold: 1,200,000,000 is `1.2 GB`. */
export const formatBytes = (bytes: number, locale: string): string => {
  let unit = 0;
  let value = bytes;
  while (Math.abs(value) >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${formatNumber(value, locale, digits)}${GAP}${BYTE_UNITS[unit]}`;
};

/** Bytes per second. */
export const formatSpeed = (bytesPerSecond: number, locale: string): string => `${formatBytes(bytesPerSecond, locale)}/s`;

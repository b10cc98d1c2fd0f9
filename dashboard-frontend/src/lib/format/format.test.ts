import { describe, expect, test } from 'vitest';
import { formatBytes, formatPercent } from './numbers.ts';
import { formatDuration, formatEstimate, formatRelative } from './times.ts';

/** The unit never leaves its number; here that is written as a plain space. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  test('bytes keep three figures and step up before they round to four', () => {
    expect(plain(formatBytes(0, 'en'))).toBe('0 B');
    expect(plain(formatBytes(999, 'en'))).toBe('999 B');
    expect(plain(formatBytes(999_600, 'en'))).toBe('1 MB');
    expect(plain(formatBytes(1_234_000_000, 'en'))).toBe('1.2 GB');
    expect(plain(formatBytes(139_000_000_000, 'de'))).toBe('139 GB');
    expect(plain(formatBytes(1_234_000_000, 'de'))).toBe('1,2 GB');
  });

  test('a small percentage keeps its decimal, a large one does not', () => {
    expect(plain(formatPercent(3.42, 'en'))).toBe('3.4 %');
    expect(plain(formatPercent(9.97, 'en'))).toBe('10 %');
    expect(plain(formatPercent(61.7, 'en'))).toBe('62 %');
  });
});

describe('times', () => {
  const now = Date.UTC(2026, 10, 22, 12);

  test('relative time truncates: 119 minutes are one hour', () => {
    expect(formatRelative(now - 119 * 60_000, now, 'en')).toBe('1 hour ago');
    expect(formatRelative(now - 2_000, now, 'en')).toBe('now');
    expect(formatRelative(now + 3 * 86_400_000, now, 'de')).toBe('in 3 Tagen');
  });

  test('durations use two units at most', () => {
    expect(plain(formatDuration(320, 'en'))).toBe('320 ms');
    expect(plain(formatDuration(4_240, 'en'))).toBe('4.2 s');
    expect(plain(formatDuration(80_000, 'en'))).toBe('1 min 20 s');
    expect(plain(formatDuration(2 * 86_400_000 + 4.5 * 3_600_000, 'en'))).toBe('2 days 4 h');
  });

  test('estimates round to what can be promised', () => {
    expect(plain(formatEstimate(300, 'en'))).toBe('1 s');
    expect(plain(formatEstimate(38_400, 'en'))).toBe('40 s');
    expect(plain(formatEstimate(125_000, 'en'))).toBe('2 min');
  });
});

import { expect, test } from 'vitest';
import { readView, refreshEveryMs } from './spans.ts';

test('an address that makes no sense shows the last hour', () => {
  expect(readView({ span: 'fortnight' })).toEqual({ span: '1h', zoom: null });
  expect(readView({ span: '7d', from: 2000, to: 1000 })).toEqual({ span: '7d', zoom: null });
});

test('a box that just came up shows the little that it has measured', () => {
  expect(readView({}, 60_000).span).toBe('15m');
  expect(readView({}, 3_600_000).span).toBe('1h');
  expect(readView({ span: '7d' }, 60_000).span).toBe('7d');
});

test('a zoom keeps the span to go back to, and stands still', () => {
  const view = readView({ span: '7d', from: 1_000_000, to: 1_600_000 });
  expect(view).toEqual({ span: '7d', zoom: { from: 1_000_000, to: 1_600_000 } });
  expect(refreshEveryMs(view, 600)).toBe(false);
});

test('a short span moves every five seconds, a long one every minute at most', () => {
  expect(refreshEveryMs(readView({ span: '15m' }), 600)).toBe(5_000);
  expect(refreshEveryMs(readView({ span: '1y' }), 600)).toBe(60_000);
});

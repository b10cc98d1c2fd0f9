import { expect, test } from 'vitest';
import { throttledMs } from './heat.ts';

const worked = { freshTokens: 100, prefillMs: 200, answerTokens: 50, decodeMs: 1_000 };

test('M8 what an answer took beyond the pace of a cool machine was throttling', () => {
  expect(throttledMs(worked, { prefillMsPerToken: 2, decodeMsPerToken: 20 })).toBe(0);
  expect(throttledMs({ ...worked, prefillMs: 300, decodeMs: 1_600 }, { prefillMsPerToken: 2, decodeMsPerToken: 20 })).toBe(700);
});

test('M8 without a measured pace, and within what rates vary anyway, nothing is called throttling', () => {
  expect(throttledMs({ ...worked, decodeMs: 60_000 }, { prefillMsPerToken: null, decodeMsPerToken: null })).toBe(0);
  expect(throttledMs({ ...worked, decodeMs: 1_090 }, { prefillMsPerToken: 2, decodeMsPerToken: 20 })).toBe(0);
});

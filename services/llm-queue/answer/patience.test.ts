import { expect, test } from 'vitest';
import { fittingPatience } from './patience.ts';

const most = { firstTokenMs: 240_000, nextTokenMs: 45_000 };
const costs = { samples: 9, knownTokens: 50, freshTokens: 1_000, answerTokens: 200, overheadMs: 500, prefillMsPerToken: 1, decodeMsPerToken: 20 };

test('A10 a fast model is given up sooner than a slow one, and nothing measured means the longest patience', () => {
  expect(fittingPatience(null, most)).toEqual(most);
  expect(fittingPatience(costs, most)).toEqual({ firstTokenMs: 60_000, nextTokenMs: 10_000 });
  expect(fittingPatience({ ...costs, prefillMsPerToken: 5, decodeMsPerToken: 300 }, most)).toEqual({ firstTokenMs: 110_000, nextTokenMs: 30_000 });
  expect(fittingPatience({ ...costs, prefillMsPerToken: 60, decodeMsPerToken: 2_000 }, most)).toEqual(most);
});

import { expect, test } from 'vitest';
import { UploadSpeed } from './upload-speed.ts';

test('a third in two seconds leaves four', () => {
  expect(new UploadSpeed(3e6, 1000).etaMs(1 / 3, 3000)).toBeCloseTo(4000);
});

test('nothing is promised in the first moment, nor when all has arrived', () => {
  const speed = new UploadSpeed(3e6, 0);
  expect(speed.etaMs(0.1, 300)).toBeUndefined();
  expect(speed.etaMs(1, 5000)).toBeUndefined();
});

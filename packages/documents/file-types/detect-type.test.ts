import { expect, test } from 'vitest';
import { beginDetection } from './index.ts';

test('hundreds of comments that begin no web page are told in no time', async () => {
  const detection = await beginDetection(Buffer.from(`${'<!---->'.repeat(500)}x`), 'comments.txt');
  expect(detection.end()).toBe('text/plain');
}, 5_000);

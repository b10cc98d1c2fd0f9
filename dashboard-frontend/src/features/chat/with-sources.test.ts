import { expect, test } from 'vitest';
import { withSources } from './with-sources.ts';

const citation = (marker: number, quote: string) => ({
  marker,
  documentId: 'd',
  filename: 'report.pdf',
  page: marker + 10,
  passageId: `p${marker}`,
  boxes: [],
  quote,
  support: 1,
});
const place = (file: string, page: number) => `${file}, page ${page}`;

test('an answer is copied with each source in the order of the numbers', () => {
  expect(withSources({ content: 'So it is [2], and so [1].\n', citations: [citation(2, 'two\n  lines'), citation(1, 'one')] }, 'Sources', place)).toBe(
    'So it is [2], and so [1].\n\nSources\n[1] report.pdf, page 11: “one”\n[2] report.pdf, page 12: “two lines”\n',
  );
});

test('without a source it is the answer alone', () => {
  expect(withSources({ content: 'Nothing found.', citations: [] }, 'Sources', place)).toBe('Nothing found.');
});

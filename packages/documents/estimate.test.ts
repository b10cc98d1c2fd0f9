import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultRates, estimate, estimatesInLine } from './index.ts';

const rates = { ...defaultRates, msPerPage: 10, passagesPerPage: 4, msPerPassage: 50 };

describe('an estimate', () => {
  test('goes by size before the document was opened', () => {
    expect(estimate({ sizeBytes: 1_000_000, pageCount: 0, pagesRead: 0, passages: 0, embedded: 0 }, rates)).toEqual({ progress: 0, remainingMs: 40_000 });
  });

  test('counts time, not pages: reading is the small part', () => {
    expect(estimate({ sizeBytes: 1, pageCount: 100, pagesRead: 100, passages: 400, embedded: 0 }, rates)).toEqual({
      progress: 1_000 / 21_000,
      remainingMs: 20_000,
    });
  });

  test('stays within 0 and 1, and what is left never grows while vectors are added', () => {
    const document = fc.record({ pageCount: fc.integer({ min: 1, max: 5_000 }), passages: fc.integer({ min: 0, max: 20_000 }) });
    fc.assert(
      fc.property(document, fc.integer({ min: 0, max: 20_000 }), ({ pageCount, passages }, step) => {
        const at = (embedded: number) => estimate({ sizeBytes: 1, pageCount, pagesRead: pageCount, passages, embedded: Math.min(embedded, passages) }, rates);
        const [now, later] = [at(step), at(step + 64)];
        expect(now.progress).toBeGreaterThanOrEqual(0);
        expect(later.progress).toBeLessThanOrEqual(1);
        expect(later.remainingMs).toBeLessThanOrEqual(now.remainingMs);
        expect(later.progress).toBeGreaterThanOrEqual(now.progress);
      }),
    );
  });

  test('of a document in line includes those that go before it: the newer ones', () => {
    const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
    const etas = estimatesInLine([
      { id: 'old', createdAt: at(1), remainingMs: 1_000 },
      { id: 'new', createdAt: at(3), remainingMs: 300 },
      { id: 'mid', createdAt: at(2), remainingMs: 20 },
    ]);
    expect(Object.fromEntries(etas)).toEqual({ new: 300, mid: 320, old: 1_320 });
  });
});

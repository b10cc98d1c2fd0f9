import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactTokens, restOfRun, type EventRow, type StoredTokens } from './token-runs.ts';

/** A stream as a worker writes it: attempts, each with text and marks of finished sentences. */
const streams = fc
  .array(
    fc.array(
      fc.oneof(
        fc.string({ minLength: 1, maxLength: 5 }).map((text) => ({ event: 'token', data: { text } })),
        fc.constant({ event: 'citation', data: {} }),
      ),
      { maxLength: 20 },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((attempts) => {
    const events = [{ event: 'ticket', data: {} }, ...attempts.flatMap((parts) => [{ event: 'started', data: {} }, ...parts]), { event: 'done', data: {} }];
    return fc.array(fc.integer({ min: 1, max: 4 }), { minLength: events.length, maxLength: events.length }).map((steps) => {
      let seq = 0;
      return events.map((event, at): EventRow => ({ ...event, seq: (seq += steps[at]!) }));
    });
  });

const compacted = (rows: EventRow[], answer: string | null = null): EventRow[] => {
  const { remove, keep } = compactTokens(rows, answer);
  return rows.filter(({ seq }) => !remove.includes(seq)).map((row) => ({ ...row, data: keep.find(({ seq }) => seq === row.seq)?.data ?? row.data }));
};

/** What a reader shows who has the events up to `seen` of the first rows and gets the rest from the second. */
const shown = (before: EventRow[], after: EventRow[], seen: number, answer = ''): string => {
  let text = '';
  for (const { event, data } of before.filter(({ seq }) => seq <= seen))
    text = event === 'started' ? '' : event === 'token' ? text + (data as StoredTokens).text : text;
  for (const { event, data } of after.filter(({ seq }) => seq > seen))
    text = event === 'started' ? '' : event === 'token' ? text + restOfRun(data as StoredTokens, seen, answer) : text;
  return text;
};

describe('events whose tokens are put together', () => {
  test('read the same from every number', () => {
    fc.assert(
      fc.property(streams, (rows) => {
        const whole = shown(rows, rows, 0);
        for (const { seq } of [{ seq: 0 }, ...rows]) expect(shown(rows, compacted(rows), seq)).toBe(whole);
      }),
    );
  });

  test('S6 read the same from every number when their text is in the answer alone', () => {
    fc.assert(
      fc.property(streams, (rows) => {
        const whole = shown(rows, rows, 0);
        const after = compacted(rows, whole);
        expect(after.filter(({ event, data }) => event === 'token' && (data as StoredTokens).text !== undefined)).toEqual([]);
        for (const { seq } of [{ seq: 0 }, ...rows]) expect(shown(rows, after, seq, whole)).toBe(whole);
      }),
    );
  });

  test('S6 keep their text where the stored answer is another', () => {
    fc.assert(
      fc.property(streams, (rows) => {
        const whole = shown(rows, rows, 0);
        for (const { seq } of [{ seq: 0 }, ...rows]) expect(shown(rows, compacted(rows, `${whole}!`), seq, `${whole}!`)).toBe(whole);
      }),
    );
  });

  test('keep one row for each run of tokens of the last attempt, and all that is not text', () => {
    fc.assert(
      fc.property(streams, (rows) => {
        const after = compacted(rows);
        expect(after.filter(({ event }) => event !== 'token')).toEqual(rows.filter(({ event }) => event !== 'token'));
        expect(after.some(({ event }, at) => event === 'token' && after[at + 1]?.event === 'token')).toBe(false);
        const begun = rows.findLast(({ event }) => event === 'started')!.seq;
        expect(after.filter(({ event, seq }) => event === 'token' && seq < begun)).toEqual([]);
      }),
    );
  });

  test('are done once: a second time changes nothing', () => {
    fc.assert(
      fc.property(streams, (rows) => {
        expect(compactTokens(compacted(rows))).toEqual({ remove: [], keep: [] });
      }),
    );
  });
});

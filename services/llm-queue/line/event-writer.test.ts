import { describe, expect, test } from 'vitest';
import type { NumberedEvent } from '#answers';
import { createEventWriter } from './event-writer.ts';

const never = new AbortController().signal;
const token = (text: string) => ({ event: 'token' as const, data: { text } });
const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });

describe('the event writer', () => {
  test('stores the first event at once, and what comes meanwhile as few rows, in order', async () => {
    const batches: NumberedEvent[][] = [];
    const writer = createEventWriter({ append: async (events) => void batches.push([...events]), lastSeq: 7, onLost: () => undefined, signal: never });
    writer.push(token('a'));
    expect(batches).toEqual([[{ ...token('a'), seq: 8 }]]);
    for (const text of ['b', 'c']) writer.push(token(text));
    writer.push({ event: 'citation', data: { citation: null, start: 0, end: 1, unsupported: true } });
    writer.push(token('d'));
    await writer.drain();
    expect(
      batches
        .slice(1)
        .flat()
        .map(({ seq, event, data }) => [seq, event, 'text' in data ? data.text : '']),
    ).toEqual([
      [9, 'token', 'bc'],
      [10, 'citation', ''],
      [11, 'token', 'd'],
    ]);
  });

  test('repeats a batch under the same numbers while Postgres is away', async () => {
    const stored = new Map<number, string>();
    let failures = 0;
    const writer = createEventWriter({
      append: async (events) => {
        for (const { seq, data } of events) stored.set(seq, (data as { text: string }).text);
        // The commit happened; its answer was lost.
        if ((failures += 1) <= 2) throw away();
      },
      lastSeq: 0,
      onLost: () => undefined,
      signal: never,
    });
    writer.push(token('a'));
    writer.push(token('b'));
    await writer.drain();
    expect([...stored]).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  test('says when events cannot be stored, and takes no more', async () => {
    const reasons: unknown[] = [];
    const lost = new Error('lost');
    const writer = createEventWriter({ append: () => Promise.reject(lost), lastSeq: 0, onLost: (error) => reasons.push(error), signal: never });
    writer.push(token('a'));
    writer.push(token('b'));
    await expect(writer.drain()).rejects.toBe(lost);
    expect(reasons).toEqual([lost]);
  });
});

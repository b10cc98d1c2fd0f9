import { describe, expect, test } from 'vitest';
import { foldAnswer, isFinal, readJobEvent, waitingAnswer, type LiveAnswer } from './live-answer.ts';

const event = (name: string, data: unknown, id = '1') => ({ id, event: name, data: JSON.stringify(data) });
const fold = (events: [string, unknown][]): LiveAnswer =>
  events.reduce((answer, [name, data]) => {
    const read = readJobEvent(event(name, data));
    return read === null ? answer : foldAnswer(answer, read);
  }, waitingAnswer);

const citation = { marker: 1, documentId: 'd', filename: 'a.pdf', page: 3, passageId: 'p', boxes: [], quote: 'q', support: 0.9 };

describe('an answer while it comes', () => {
  test('waits with its ticket, then writes', () => {
    const answer = fold([['ticket', { position: 2, etaMs: 40_000, etaP90Ms: null }]]);
    expect(answer).toMatchObject({ phase: 'waiting', ticket: { position: 2 } });
    expect(
      fold([
        ['ticket', { position: 1, etaMs: null, etaP90Ms: null }],
        ['started', { model: 'm', attempt: 1 }],
        ['token', { text: 'It ' }],
        ['token', { text: 'is.' }],
      ]),
    ).toMatchObject({ phase: 'writing', content: 'It is.' });
  });

  test('a late ticket does not put an answer that is being written back in line', () => {
    expect(
      fold([
        ['started', { model: null, attempt: 1 }],
        ['token', { text: 'a' }],
        ['ticket', { position: 1, etaMs: null, etaP90Ms: null }],
      ]).ticket,
    ).toBeNull();
  });

  test('a second try throws away what the first one wrote', () => {
    const answer = fold([
      ['started', { model: 'm', attempt: 1 }],
      ['token', { text: 'half' }],
      ['citation', { citation, start: 0, end: 4, unsupported: false }],
      ['started', { model: 'm', attempt: 2 }],
      ['token', { text: 'whole' }],
    ]);
    expect(answer).toMatchObject({ content: 'whole', citations: [], attempt: 2 });
  });

  test('a passage cited twice is one source; a sentence without one is marked', () => {
    const answer = fold([
      ['citation', { citation, start: 0, end: 4, unsupported: false }],
      ['citation', { citation, start: 5, end: 9, unsupported: false }],
      ['citation', { citation: null, start: 10, end: 20, unsupported: true }],
    ]);
    expect(answer.citations).toHaveLength(1);
    expect(answer.unsupported).toEqual([[10, 20]]);
  });

  test('an event of a later release is passed over', () => {
    expect(readJobEvent(event('thinking', {}))).toBeNull();
    expect(isFinal(event('failed', {}))).toBe(true);
    expect(isFinal(event('token', {}))).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { learn, type Rates } from './rates.ts';
import { estimateTicket } from './ticket.ts';

const rates: Rates = {
  samples: 10,
  serviceMs: 10_000,
  serviceMsVariance: 4_000_000,
  firstTokenMs: 1_000,
  firstTokenMsVariance: 0,
  prefillMsPerToken: 3,
  decodeMsPerToken: 25,
  answerTokens: 200,
};

describe('a ticket', () => {
  test('on an idle box is the time to the first token', () => {
    expect(estimateTicket({ running: false, waitingAhead: 0, aheadRunningMs: null }, rates)).toEqual({ position: 1, etaMs: 1_000, etaP90Ms: 1_000 });
  });

  test('adds what the running answer has left and whole answers for those that wait before', () => {
    const ticket = estimateTicket({ running: false, waitingAhead: 2, aheadRunningMs: 4_000 }, rates);
    expect(ticket).toMatchObject({ position: 3, etaMs: 6_000 + 20_000 + 1_000 });
    // Three uncertain answers of 2 s deviation each.
    expect(ticket.etaP90Ms! - ticket.etaMs!).toBeCloseTo(1.2816 * Math.sqrt(3) * 2_000, -1);
  });

  test('of a running answer that takes longer than usual does not go below zero', () => {
    expect(estimateTicket({ running: false, waitingAhead: 0, aheadRunningMs: 60_000 }, rates).etaMs).toBe(1_000);
  });

  test('tells no number before something was measured', () => {
    expect(estimateTicket({ running: false, waitingAhead: 3, aheadRunningMs: null }, null)).toEqual({ position: 4, etaMs: null, etaP90Ms: null });
  });

  test('of the job that runs is zero', () => {
    expect(estimateTicket({ running: true, waitingAhead: 0, aheadRunningMs: null }, rates)).toEqual({ position: 0, etaMs: 0, etaP90Ms: 0 });
  });
});

describe('rates', () => {
  const after = (samples: number[]) => samples.reduce<Rates | null>((known, serviceMs) => learn(known, { serviceMs, firstTokenMs: 1 }), null)!;

  test('of the first answers are their plain mean', () => {
    expect(after([100, 200, 600])).toMatchObject({ samples: 3, serviceMs: 300 });
  });

  test('follow a change within some twenty answers, with the spread that there is', () => {
    const changed = after([...Array<number>(50).fill(100), ...Array.from({ length: 30 }, (_, n) => (n % 2 ? 900 : 1_100))]);
    expect(changed.serviceMs).toBeGreaterThan(930);
    expect(Math.sqrt(changed.serviceMsVariance)).toBeGreaterThan(80);
    expect(after(Array<number>(20).fill(100)).serviceMsVariance).toBeCloseTo(0);
  });

  test('that a runtime did not tell stay as they were', () => {
    const known = learn(null, { serviceMs: 1, firstTokenMs: 1, decodeMsPerToken: 20 });
    expect(learn(known, { serviceMs: 1, firstTokenMs: 1 })).toMatchObject({ decodeMsPerToken: 20, prefillMsPerToken: null });
  });
});

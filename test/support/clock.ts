import { systemClock, type Clock } from '#kit';

export interface TestClock extends Clock {
  /** Moves time on for all who ask this clock. */
  advance(ms: number): void;
}

/** The system's time, which a test can put forward. */
export const createTestClock = (): TestClock => {
  let aheadMs = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + aheadMs,
    advance(ms) {
      aheadMs += ms;
    },
  };
};

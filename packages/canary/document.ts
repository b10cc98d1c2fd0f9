/** The workspace that belongs to the box itself: no person is in it, so no person's search or list shows what lies there. */
export const BOX_WORKSPACE = '00000000-0000-7000-8000-000000000002';

export const CANARY_FILE = 'Arasul - self test.md';

/**
 * A small document that only the box asks about. Its names stand in no other text, so that a right citation says that reading,
 * indexing, retrieving and grounding work, and nothing else does.
 */
export const CANARY_TEXT = `# Handbook of the Kestrel pump

This page is the box's own. It asks itself about it from time to time, to know that questions are answered.

## Start-up

The Kestrel pump needs 41 minutes to warm up before it may carry load. During this time its lamp is cobalt blue.

## Filters

The Kestrel pump's vornite filter is changed after 1,730 hours of work. The old filter goes into the grey Halden box.

## Alarm

When the Kestrel pump's pressure falls below 6.2 bar, the Ombrasson valve closes by itself and the horn sounds twice.
`;

export interface CanaryQuestion {
  question: string;
  /** Stands in the passage that must be cited. */
  expected: string;
  page: number;
}

/** Several, asked in turn: what was remembered of the last answer cannot stand in for the work. */
export const CANARY_QUESTIONS: readonly [CanaryQuestion, ...CanaryQuestion[]] = [
  { question: 'How long does the Kestrel pump need to warm up before it may carry load?', expected: '41 minutes', page: 1 },
  { question: 'After how many hours of work is the vornite filter of the Kestrel pump changed?', expected: '1,730 hours', page: 1 },
  { question: 'Which valve closes when the pressure of the Kestrel pump falls below 6.2 bar?', expected: 'Ombrasson valve', page: 1 },
];

import { expect, test } from 'vitest';
import type { RuleDefinition } from '#contracts';
import { draftOf, newDraft, readDraft, withSignal } from './rule-draft.ts';

const definition: RuleDefinition = {
  signal: 'log.matches',
  device: 'core',
  side: 'above',
  levels: [
    { severity: 'info', enter: 1, leave: 0 },
    { severity: 'critical', enter: 10, leave: 2.5 },
  ],
  forMs: 90_000,
  leaveForMs: 0,
  cooldownMs: 7_200_000,
  noData: { afterMs: 600_000, severity: 'critical' },
  cause: 'other',
  perDevice: false,
  match: 'out of memory',
  labels: { team: 'two=2', place: '' },
  sentence: { en: 'Lines: {value}' },
  runbook: 'docs/runbooks/x.md',
};

test('a rule goes through the form unchanged', () => {
  const rule = { name: 'Lines', enabled: false, definition };
  expect(readDraft(draftOf(rule))).toEqual({ rule, problems: {} });
});

test('what is wrong is said at its field', () => {
  const draft = { ...newDraft(), name: 'x', en: 'y' };
  expect(readDraft(draft).problems).toEqual({});
  const { levels } = draft;
  expect(Object.keys(readDraft({ ...draft, name: '', forS: '', levels: { ...levels, warning: { on: true, enter: 80, leave: 90 } } }).problems)).toEqual([
    'name',
    'forMs',
  ]);
  expect(Object.keys(readDraft({ ...draft, levels: { ...levels, warning: { on: true, enter: 80, leave: 90 } } }).problems)).toEqual(['levels.warning.leave']);
  expect(Object.keys(readDraft(withSignal(draft, 'certificate.days')).problems)).toContain('match');
});

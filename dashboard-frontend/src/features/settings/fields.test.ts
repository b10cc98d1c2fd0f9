import { defaultSettings } from '#contracts';
import { expect, test } from 'vitest';
import { changesOf, fields, type Draft } from './fields.ts';

test('only what differs is sent, and what was put back is not', () => {
  const stored: Draft = { metrics: { intervalMs: 5000, rawDays: 7 }, general: { boxName: 'Arasul' } };
  expect(changesOf(stored, { metrics: { intervalMs: 2000, rawDays: 7 }, general: { boxName: 'Arasul' } })).toEqual({ metrics: { intervalMs: 2000 } });
  expect(changesOf(stored, structuredClone(stored))).toEqual({});
});

test('each field is for a setting that exists', () => {
  const names = (tree: Record<string, object>) => Object.entries(tree).flatMap(([group, values]) => Object.keys(values).map((name) => `${group}.${name}`));
  expect(names(fields).sort()).toEqual(names(defaultSettings).sort());
});

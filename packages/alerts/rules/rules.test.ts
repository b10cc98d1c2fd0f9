import { describe, expect, test } from 'vitest';
import { defaultThresholds, ruleDefinition } from '#contracts';
import { defaultRules } from './default-rules.ts';
import { fillSentence } from './sentence.ts';
import { hoursUntilFull } from './trend.ts';

describe('rules of a first start', () => {
  test('A14 each threshold is a level of its rule, and the cooldown is the one that is set', () => {
    const rules = defaultRules({ ...defaultThresholds, cpu_warning: 61, cpu_critical: 92, cooldown_minutes: 7 }, { gpu: true, temperature: true });
    const cpu = rules.find(({ key }) => key === 'metric.cpu')!.definition;
    expect(cpu.levels.map(({ severity, enter }) => [severity, enter])).toEqual([
      ['warning', 61],
      ['critical', 92],
    ]);
    expect(new Set(rules.map(({ definition }) => definition.cooldownMs))).toEqual(new Set([420_000]));
    for (const { definition } of rules) expect(ruleDefinition.parse(definition)).toEqual(definition);
  });

  test('nothing watches what the machine does not have', () => {
    const keys = defaultRules(defaultThresholds, { gpu: false, temperature: false }).map(({ key }) => key);
    expect(keys).not.toContain('metric.gpu');
    expect(keys).not.toContain('metric.temperature');
    expect(keys).toContain('metric.disk');
  });
});

test('a sentence says value and device in both languages', () => {
  const disk = defaultRules(defaultThresholds, { gpu: false, temperature: false }).find(({ key }) => key === 'disk.full-in')!.definition;
  expect(fillSentence(disk, { device: '/data', value: 72, silent: false })).toEqual({
    en: 'The disk /data will be full in about 3 days.',
    de: 'Der Datenträger /data ist in etwa 3 Tagen voll.',
  });
});

test('a trend looks past wild points, and does not predict from too little', () => {
  const points = Array.from({ length: 48 }, (_, hour) => ({ at: hour * 3_600_000, percent: hour % 7 === 3 ? 5 : 40 + hour * 0.5 }));
  expect(hoursUntilFull(points)).toBeCloseTo((100 - 63.5) / 0.5, 0);
  expect(hoursUntilFull(points.slice(0, 4))).toBeNull();
  expect(hoursUntilFull(points.map(({ at }) => ({ at, percent: 50 })))).toBe(Infinity);
});

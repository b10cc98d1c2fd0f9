import { describe, expect, test } from 'vitest';
import { planDeliveries, type Due } from './plan.ts';
import { quietUntil } from './quiet.ts';

const at = (text: string): number => Date.parse(text);

describe('quiet hours', () => {
  const night = { from: 22 * 60, until: 7 * 60, timeZone: 'Europe/Berlin' };
  test('hold over midnight on the person’s clock, in summer and in winter', () => {
    expect(quietUntil(night, at('2026-07-01T19:59:00Z'))).toBeNull();
    expect(quietUntil(night, at('2026-07-01T20:00:30Z'))).toBe(at('2026-07-02T05:00:00Z'));
    expect(quietUntil(night, at('2026-12-01T20:30:00Z'))).toBeNull();
    expect(quietUntil(night, at('2026-12-01T21:00:00Z'))).toBe(at('2026-12-02T06:00:00Z'));
    expect(quietUntil(night, at('2026-12-02T06:00:00Z'))).toBeNull();
  });
});

describe('what a channel is told now', () => {
  const now = at('2026-12-01T12:00:00Z');
  const due = (id: string, more: Partial<Due> = {}): Due => ({ id, severity: 'warning', topic: 'incident.opened', lasts: false, createdAt: now, ...more });
  test('news is told one by one, in order', () => {
    expect(planDeliveries([due('a'), due('b'), due('c')], null, now)).toMatchObject({ single: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], digest: [] });
  });
  test('what was held back is one digest, worst first; what must still be acted on stands by itself', () => {
    const old = { createdAt: now - 3_600_000 };
    const all = [due('a', old), due('b', { ...old, severity: 'critical', lasts: true }), due('c', { ...old, severity: 'critical' }), due('d', old), due('e')];
    const { single, digest } = planDeliveries(all, null, now);
    expect(single.map(({ id }) => id)).toEqual(['b', 'e']);
    expect(digest.map(({ id }) => id)).toEqual(['c', 'a', 'd']);
  });
  test('in quiet hours a recovery waits even where critical things may be told', () => {
    const quiet = { from: 0, until: 1439, timeZone: 'UTC', letsCritical: true };
    const plan = planDeliveries([due('a', { severity: 'critical' }), due('b', { severity: 'critical', topic: 'incident.resolved' })], quiet, now);
    expect(plan).toMatchObject({ single: [{ id: 'a' }], held: [{ id: 'b' }] });
  });
});

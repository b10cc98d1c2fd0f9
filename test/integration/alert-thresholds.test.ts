import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notify, type Readings } from '#alerts';
import { defaultThresholds, type AlertThresholds } from '#contracts';
import { silentLogger } from '#kit';
import { spread } from '../../packages/alerts/delivery/spread.ts';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MINUTE = 60_000;
let database: TestDatabase;
let telegram: string;
let now: number;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.remove());

const set = async (thresholds: Partial<AlertThresholds>): Promise<void> => {
  await database.db.deleteFrom('telegram_config').execute();
  await database.db
    .insertInto('telegram_config')
    .values({ enabled: true, alert_thresholds: JSON.stringify({ ...defaultThresholds, ...thresholds }) })
    .execute();
};
const addChannel = async (kind: string, more: Record<string, unknown> = {}): Promise<string> => {
  const values = { kind, name: kind, min_severity: 'info', address: '1', ...more };
  return (await database.db.insertInto('alert_channels').values(values).returning('id').executeTakeFirstOrThrow()).id;
};
beforeEach(async () => {
  now = Date.now();
  for (const table of ['incidents', 'alert_engine_state', 'notifications', 'alert_rules', 'alert_channels', 'app_settings'] as const) {
    await database.db.deleteFrom(table).execute();
  }
  telegram = await addChannel('telegram');
});

const toldTo = async (channel: string): Promise<string[]> => {
  await spread(database);
  const rows = await database.db
    .selectFrom('notification_deliveries as d')
    .innerJoin('notifications as n', 'n.id', 'd.notification_id')
    .select(['n.topic', 'n.severity', 'n.escalation_step'])
    .where('d.channel_id', '=', channel)
    .orderBy('n.created_at')
    .execute();
  return rows.map(({ topic, severity, escalation_step: step }) => `${topic} ${severity}${step > 0 ? ` step ${step}` : ''}`);
};
const live = async (
  minutes: number,
  readings: Readings,
  engine = createEngine({ database, stateFile: null, clock: { now: () => now }, log: silentLogger }),
) => {
  for (const until = now + minutes * MINUTE; now < until;) {
    now += 5_000;
    await engine.tick(readings);
  }
  expect(engine.complaint()).toBeNull();
  return engine;
};
const of = (metric: string, value: number): Readings => new Map([[`metric.${metric}`, [{ device: metric === 'disk' ? '/data' : '', value }]]]);

describe('A14 the levels', () => {
  test.each([
    ['cpu', 6],
    ['ram', 3],
    ['disk', 2],
  ] as const)('A14 %s begins at its warning and at its critical value, each itself included', async (metric, minutes) => {
    await set({ [`${metric}_warning`]: 41, [`${metric}_critical`]: 63 });
    const engine = await live(minutes, of(metric, 40.9));
    const open = () => database.db.selectFrom('incidents').select(['severity', 'value']).execute();
    expect(await open()).toEqual([]);
    await live(minutes, of(metric, 41), engine);
    expect(await open()).toEqual([{ severity: 'warning', value: 41 }]);
    await live(minutes, of(metric, 62.9), engine);
    expect(await open()).toMatchObject([{ severity: 'warning' }]);
    await live(minutes, of(metric, 63), engine);
    expect(await open()).toMatchObject([{ severity: 'critical' }]);
  });

  test('A14 what the row lacks is the seed’s own value', async () => {
    await database.db.deleteFrom('telegram_config').execute();
    await database.db
      .insertInto('telegram_config')
      .values({ alert_thresholds: JSON.stringify({ cpu_warning: 12 }) })
      .execute();
    await live(0.1, new Map());
    const rows = await database.db
      .selectFrom('alert_rules')
      .select(['key', 'definition'])
      .where('key', 'in', ['metric.cpu', 'metric.disk'])
      .orderBy('key')
      .execute();
    const levels = rows.map(({ definition }) => (definition as { levels: { enter: number }[]; cooldownMs: number }).levels.map(({ enter }) => enter));
    expect(levels).toEqual([
      [12, 95],
      [80, 95],
    ]);
  });
});

describe('A14 the switches', () => {
  const all = async () => {
    const { db } = database;
    await notify(db, { topic: 'incident.opened', severity: 'warning', title: { en: 'w' }, details: { cause: 'disk:/data' } });
    await notify(db, { topic: 'incident.opened', severity: 'critical', title: { en: 'c' }, details: { cause: 'disk:/data' } });
    await notify(db, { topic: 'incident.opened', severity: 'critical', title: { en: 's' }, details: { cause: 'service:llm-queue' } });
    await notify(db, { topic: 'incident.opened', severity: 'warning', title: { en: 'h' }, details: { cause: 'healing:disk.space' } });
    await toldTo(telegram);
    const rows = await db
      .selectFrom('notification_deliveries as d')
      .innerJoin('notifications as n', 'n.id', 'd.notification_id')
      .select('n.title')
      .where('d.channel_id', '=', telegram)
      .execute();
    const titles = rows.map(({ title }) => (title as unknown as { en: string }).en);
    return titles.sort().join('');
  };
  const off = { notify_on_warning: false, notify_on_critical: false, notify_on_service_down: false, notify_on_self_healing: false };

  test.each([
    ['all off', off, ''],
    ['notify_on_warning', { ...off, notify_on_warning: true }, 'w'],
    ['notify_on_critical', { ...off, notify_on_critical: true }, 'c'],
    ['notify_on_service_down', { ...off, notify_on_service_down: true }, 's'],
    ['notify_on_self_healing', { ...off, notify_on_self_healing: true }, 'h'],
    ['the seed’s own', {}, 'chs'],
  ])('A14 Telegram with %s is told exactly that', async (_name, thresholds, told) => {
    await set(thresholds);
    expect(await all()).toBe(told);
  });

  test('A14 other channels follow their own severity, whatever Telegram is told', async () => {
    await set(off);
    const hook = await addChannel('webhook', { min_severity: 'critical' });
    await all();
    expect(await toldTo(hook)).toEqual(['incident.opened critical', 'incident.opened critical']);
  });
});

describe('A14 the cooldown', () => {
  test('A14 nothing is repeated within cooldown_minutes, and is told after it', async () => {
    await set({ cooldown_minutes: 20, disk_warning: 50, notify_on_warning: true });
    const engine = await live(2, of('disk', 60));
    await live(2, of('disk', 10), engine);
    await live(10, of('disk', 60), engine);
    expect(await toldTo(telegram)).toEqual(['incident.opened warning', 'incident.resolved warning']);
    await live(10, of('disk', 60), engine);
    expect(await toldTo(telegram)).toEqual(['incident.opened warning', 'incident.resolved warning', 'incident.opened warning']);
  });
});

describe('escalation', () => {
  const escalate = async (key: string, value: number) => {
    await database.db
      .insertInto('app_settings')
      .values({ key, value: JSON.stringify(value) })
      .execute();
  };

  test('what nobody takes is told to the next person after the time that is set, and no further than is set', async () => {
    await set({ disk_critical: 90 });
    await escalate('alerts.escalateAfterMinutes', 5);
    await escalate('alerts.escalateSteps', 2);
    const second = await addChannel('webhook', { escalation_step: 1, address: 'http://a' });
    const third = await addChannel('ntfy', { escalation_step: 2, address: 'http://b' });
    const engine = await live(3, of('disk', 99));
    expect(await toldTo(second)).toEqual([]);
    await live(4, of('disk', 99), engine);
    expect(await toldTo(second)).toEqual(['incident.escalated critical step 1']);
    await live(20, of('disk', 99), engine);
    expect(await toldTo(third)).toEqual(['incident.escalated critical step 2']);
    expect(await toldTo(telegram)).toEqual(['incident.opened critical']);
    await live(3, of('disk', 1), engine);
    for (const channel of [telegram, second, third]) expect((await toldTo(channel)).at(-1)).toBe('incident.resolved critical');
  });

  test('what was taken goes no further', async () => {
    await set({});
    await escalate('alerts.escalateAfterMinutes', 5);
    const second = await addChannel('webhook', { escalation_step: 1, address: 'http://a' });
    const engine = await live(2, of('disk', 99));
    await database.db.updateTable('incidents').set({ state: 'acknowledged', acknowledged_by: 'mara' }).execute();
    await live(12, of('disk', 99), engine);
    expect(await toldTo(second)).toEqual([]);
  });
});

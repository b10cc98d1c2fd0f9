import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Readings } from '#alerts';
import { silentLogger } from '#kit';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let folder: string;
let now: number;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'arasul-alerts-'));
});
afterAll(async () => {
  await database.remove();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  now = Date.now();
  for (const table of ['incidents', 'alert_engine_state', 'notifications', 'alert_rules', 'telegram_config'] as const) {
    await database.db.deleteFrom(table).execute();
  }
});

const engineOf = (stateFile: string | null = null) => createEngine({ database, stateFile, clock: { now: () => now }, log: silentLogger });
const disk = (value: number): Readings => new Map([['metric.disk', [{ device: '/data', value }]]]);
const run = async (engine: ReturnType<typeof engineOf>, seconds: number, readings?: Readings) => {
  for (let each = 0; each < seconds; each += 5) {
    now += 5_000;
    await engine.tick(readings);
  }
  expect(engine.complaint()).toBeNull();
};
const incidents = () => database.db.selectFrom('incidents').selectAll().orderBy('opened_at').execute();
const told = async () => (await database.db.selectFrom('notifications').select('topic').orderBy('created_at').execute()).map(({ topic }) => topic);

test('A14 a disk at its threshold is one incident, told once, and over with its duration', async () => {
  await database.db
    .insertInto('telegram_config')
    .values({ alert_thresholds: JSON.stringify({ disk_warning: 62, disk_critical: 90, cooldown_minutes: 15 }) })
    .execute();
  const engine = engineOf();
  await run(engine, 120, disk(61.9));
  expect(await incidents()).toEqual([]);
  await run(engine, 120, disk(62));
  expect(await incidents()).toMatchObject([
    { cause: 'disk:/data', state: 'open', severity: 'warning', device: '/data', value: 62, told: true, title: { en: 'The disk /data is 62 % full.' } },
  ]);
  await run(engine, 120, disk(60));
  expect((await incidents())[0]).toMatchObject({ state: 'open' });
  await run(engine, 120, disk(50));
  expect((await incidents())[0]).toMatchObject({ state: 'resolved' });
  expect(await told()).toEqual(['incident.opened', 'incident.resolved']);
  expect(await database.db.selectFrom('incident_events').select('event').orderBy('id').execute()).toEqual([{ event: 'opened' }, { event: 'resolved' }]);
});

test('a timer goes on after a restart, and what is open is not opened again', async () => {
  const first = engineOf();
  await run(first, 40, disk(85));
  await first.save();
  const second = engineOf();
  await run(second, 25, disk(85));
  expect(await incidents()).toHaveLength(1);
  await second.save();
  await run(engineOf(), 120, disk(85));
  expect(await incidents()).toHaveLength(1);
  expect(await told()).toEqual(['incident.opened']);
});

test('a silence keeps people from being told, not the incident from being seen', async () => {
  await database.db
    .insertInto('alert_silences')
    .values({ kind: 'silence', target: 'disk', starts_at: new Date(now - 1_000), ends_at: new Date(now + 3_600_000), created_by: 'anna' })
    .execute();
  await run(engineOf(), 120, disk(97));
  expect(await incidents()).toMatchObject([{ severity: 'critical', told: false }]);
  expect(await told()).toEqual([]);
  await database.db.deleteFrom('alert_silences').execute();
});

test('a rule that a person changed stays theirs; the others follow the thresholds', async () => {
  await engineOf().tick(new Map());
  await database.db.updateTable('alert_rules').set({ edited: true, name: 'Mine' }).where('key', '=', 'metric.disk').execute();
  await database.db
    .insertInto('telegram_config')
    .values({ alert_thresholds: JSON.stringify({ disk_warning: 33, cpu_warning: 44 }) })
    .execute();
  await engineOf().tick(new Map());
  const rules = await database.db.selectFrom('alert_rules').select(['key', 'name', 'definition']).execute();
  const enterOf = (key: string) => (rules.find((rule) => rule.key === key)!.definition as { levels: { enter: number }[] }).levels[0]!.enter;
  expect([enterOf('metric.cpu'), enterOf('metric.disk')]).toEqual([44, 80]);
  expect(rules.map(({ key }) => key)).not.toContain('metric.gpu');
});

test('the box itself is read: a service that is down becomes an incident', async () => {
  const stateFile = join(folder, 'state.json');
  const at = new Date().toISOString();
  const service = { name: 'llm-queue', state: 'failed', pid: null, since: at, restarts: 5, lastError: 'ended' };
  await writeFile(stateFile, JSON.stringify({ version: '1', pid: 1, startedAt: at, port: 1, addresses: [], services: [service] }));
  await run(engineOf(stateFile), 30);
  expect(await incidents()).toMatchObject([{ cause: 'service:llm-queue', severity: 'critical', title: { en: 'The service llm-queue is down.' } }]);
});

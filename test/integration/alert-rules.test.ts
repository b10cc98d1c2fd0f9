import { mkdtemp, rm, writeFile, appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RuleDefinition } from '#contracts';
import { silentLogger } from '#kit';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { createMetricsReader } from '../../services/alert-engine/readings/metrics.ts';
import { createLogReader } from '../../services/alert-engine/readings/logs.ts';
import { startBox, type Box, type Person } from '../support/box.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let box: Box;
let owner: Person;
beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
});
afterAll(() => box.stop());

const at = '/api/v1/alerts/rules';
const definition = (more: Partial<RuleDefinition> = {}): RuleDefinition => ({
  signal: 'metric.ram',
  device: '*',
  side: 'above',
  levels: [{ severity: 'warning', enter: 90, leave: 85 }],
  forMs: 2 * MINUTE,
  leaveForMs: 0,
  cooldownMs: 15 * MINUTE,
  noData: null,
  cause: 'memory',
  perDevice: true,
  labels: {},
  sentence: { en: 'Memory {value}' },
  runbook: '',
  ...more,
});
const engineAt = (clock: { now: number }, more: { logFolder?: string; stateFile?: string } = {}) =>
  createEngine({ database: box.database, stateFile: null, ...more, clock: { now: () => clock.now }, log: silentLogger });

describe('rules', () => {
  test('one of one’s own is made, changed, switched off and removed; each is in the audit log', async () => {
    const made = await box.request('POST', at, { as: owner, body: { name: 'Memory', definition: definition() } });
    expect(made).toMatchObject({ status: 201, body: { key: null, enabled: true, name: 'Memory', definition: { levels: [{ enter: 90 }] } } });
    const one = `${at}/${made.body.id}`;
    const levels = [{ severity: 'critical', enter: 97, leave: 90 }];
    expect((await box.request('PATCH', one, { as: owner, body: { definition: definition({ levels: levels as never }) } })).body.definition.levels).toEqual(
      levels,
    );
    expect((await box.request('PATCH', one, { as: owner, body: { enabled: false } })).body).toMatchObject({ enabled: false, definition: { levels } });
    expect((await box.request('PATCH', one, { as: owner, body: { reset: true } })).status).toBe(409);
    expect((await box.request('DELETE', one, { as: owner })).status).toBe(204);
    expect((await box.request('DELETE', one, { as: owner })).status).toBe(404);
    const actions = (await box.rows('audit_log')).map(({ action }) => action).filter((action) => String(action).startsWith('rule.'));
    expect(actions).toEqual(['rule.created', 'rule.changed', 'rule.changed', 'rule.removed']);
  });

  test('a rule of the product is changed, keeps that against new thresholds, and goes back to what it was; it cannot be removed', async () => {
    await engineAt({ now: Date.now() }).tick(new Map());
    const find = async () =>
      ((await box.request('GET', at, { as: owner })).body.items as { id: string; key: string }[]).find(({ key }) => key === 'metric.disk')!;
    const disk = (await find()) as unknown as { id: string; definition: RuleDefinition };
    const mine = { ...disk.definition, levels: [{ severity: 'warning' as const, enter: 50, leave: 40 }] };
    expect((await box.request('PATCH', `${at}/${disk.id}`, { as: owner, body: { definition: mine } })).body).toMatchObject({
      edited: true,
      fromThresholds: false,
    });
    await box.request('PATCH', '/api/v1/alerts/thresholds', { as: owner, body: { disk_warning: 77 } });
    await engineAt({ now: Date.now() }).tick(new Map());
    expect(await find()).toMatchObject({ definition: { levels: [{ enter: 50 }] } });
    const back = await box.request('PATCH', `${at}/${disk.id}`, { as: owner, body: { reset: true } });
    expect(back.body).toMatchObject({ edited: false, fromThresholds: true, definition: { levels: [{ enter: 77 }, { enter: 95 }] } });
    expect((await box.request('DELETE', `${at}/${disk.id}`, { as: owner })).status).toBe(409);
  });

  test.each([
    ['definition.levls', { ...definition(), levls: [] }],
    ['definition.levels.0.entr', { ...definition(), levels: [{ severity: 'warning', entr: 1, enter: 2, leave: 1 }] }],
    ['definition.noData.after', { ...definition(), noData: { after: 1, afterMs: 60_000, severity: 'info' } }],
  ])('A14 %s is not known and refused by its path', async (path, wrong) => {
    const refused = await box.request('POST', at, { as: owner, body: { name: 'x', definition: wrong } });
    expect(refused.status).toBe(422);
    expect(JSON.stringify(refused.body)).toContain(`\`${path}\``);
  });

  test.each([
    ['leave beyond enter', { levels: [{ severity: 'warning', enter: 80, leave: 90 }] }],
    ['a critical level that begins before the warning', { levels: [{ severity: 'warning', enter: 80, leave: 70 }, { severity: 'critical', enter: 75, leave: 70 }] }], // prettier-ignore
    ['a certificate without a port', { signal: 'certificate.days', side: 'below', match: 'example.org', levels: [{ severity: 'warning', enter: 14, leave: 14 }] }], // prettier-ignore
    ['a log without words', { signal: 'log.matches' }],
  ])('%s is refused', async (_what, more) => {
    const body = { name: 'x', definition: { ...definition(), ...more } };
    expect((await box.request('POST', at, { as: owner, body })).status).toBe(422);
  });

  test('a rule says how it stands with what it watches; silence is a state of its own', async () => {
    const clock = { now: Date.now() };
    const { id } = (await box.request('POST', at, { as: owner, body: { name: 'Stands', definition: definition({ cause: 'stands', forMs: MINUTE }) } })).body;
    const engine = engineAt(clock);
    const standing = async (value: number | null, seconds: number) => {
      for (let n = 0; n < seconds; n += 5, clock.now += 5_000)
        await engine.tick(value === null ? new Map() : new Map([['metric.ram', [{ device: '', value }]]]));
      await engine.save();
      return ((await box.request('GET', at, { as: owner })).body.items as { id: string; now: string }[]).find((rule) => rule.id === id)!.now;
    };
    expect(await standing(null, 5)).toBe('unheard');
    expect(await standing(20, 10)).toBe('calm');
    expect(await standing(95, 10)).toBe('pending');
    expect(await standing(95, 60)).toBe('firing');
    expect(await standing(null, 200)).toBe('silent');
    expect(await box.rows('incidents', { rule_id: id })).toMatchObject([{ state: 'open', no_data: true }]);
    await box.request('DELETE', `${at}/${id}`, { as: owner });
  });

  test('an incident of a rule that is switched off is withdrawn: nobody hears that it is over', async () => {
    const clock = { now: Date.now() };
    const { id } = (await box.request('POST', at, { as: owner, body: { name: 'Wait', definition: definition({ forMs: 0, cause: 'other', signal: 'queue.waiting' }) } })).body; // prettier-ignore
    const engine = engineAt(clock);
    const readings = new Map([['queue.waiting', [{ device: '', value: 99 }]]]);
    await engine.tick(readings);
    await box.request('PATCH', `${at}/${id}`, { as: owner, body: { enabled: false } });
    engine.reload();
    clock.now += 5_000;
    await engine.tick(readings);
    expect(engine.complaint()).toBeNull();
    const [incident] = await box.rows('incidents', { rule_id: id });
    expect(incident).toMatchObject({ state: 'resolved', told: true, healed_by: null });
    const topics = (await box.rows('notifications', { incident_id: incident!.id })).map(({ topic }) => topic);
    expect(topics).toEqual(['incident.opened']);
    expect((await box.request('GET', `/api/v1/incidents/${String(incident!.id)}`, { as: owner })).body.timeline.at(-1)).toMatchObject({ event: 'withdrawn' });
  });
});

describe('a rule is tried on what is stored', () => {
  const from = Math.floor((Date.now() - DAY) / MINUTE) * MINUTE;
  beforeAll(async () => {
    for (const day of [0, 1]) {
      const [begin, end] = [new Date(from + day * DAY).toISOString().slice(0, 10), new Date(from + (day + 1) * DAY).toISOString().slice(0, 10)];
      await sql.raw(`create table if not exists metrics_ram_p${begin.replaceAll('-', '')} partition of metrics_ram for values from ('${begin}') to ('${end}')`).execute(box.database.db); // prettier-ignore
    }
    // Twenty-three hours at 50 %; 92 % for five minutes at 03:00, for one minute at 05:00, and at 03:10 within the cooldown.
    await sql`insert into metrics_ram ("timestamp", value) select t, case
        when t >= ${new Date(from + 3 * HOUR)}::timestamptz and t < ${new Date(from + 3 * HOUR + 5 * MINUTE)}::timestamptz then 92
        when t >= ${new Date(from + 3 * HOUR + 10 * MINUTE)}::timestamptz and t < ${new Date(from + 3 * HOUR + 13 * MINUTE)}::timestamptz then 93
        when t >= ${new Date(from + 5 * HOUR)}::timestamptz and t < ${new Date(from + 5 * HOUR + MINUTE)}::timestamptz then 99
        else 50 end
      from generate_series(${new Date(from + HOUR)}::timestamptz, ${new Date(from + 23 * HOUR)}::timestamptz, '5 seconds') t`.execute(box.database.db);
  });

  test('it says what it would have sent, and what it would have kept to itself', async () => {
    const { status, body } = await box.request('POST', `${at}/back-test`, { as: owner, body: { definition: definition(), days: 1 } });
    expect(status).toBe(200);
    expect(body.incidents).toMatchObject([
      { severity: 'warning', peak: 92, told: true, durationMs: 3 * MINUTE },
      { severity: 'warning', peak: 93, told: false },
    ]);
    const began = Date.parse(body.incidents[0].openedAt) - (from + 3 * HOUR);
    expect(began).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(began).toBeLessThanOrEqual(2 * MINUTE + 10_000);
    expect(body.messages.map(({ kind }: { kind: string }) => kind)).toEqual(['opened', 'resolved']);
    expect(body.messages[0].title.en).toBe('Memory 92 %');
    expect(body).toMatchObject({ unit: '%', resolutionMs: 5_000, note: null });
    expect(Math.max(...body.series[0].points.map(({ max }: { max: number | null }) => max ?? 0))).toBe(99);
  });

  test('it is the engine itself: the same past, lived through, gives the same incidents', async () => {
    const { body } = await box.request('POST', `${at}/back-test`, { as: owner, body: { definition: definition({ cause: 'tried' }), days: 1 } });
    const rule = await box.request('POST', at, { as: owner, body: { name: 'Lived', definition: definition({ cause: 'tried' }) } });
    const clock = { now: Date.parse(body.from) + 4 * HOUR - 2 * HOUR };
    const engine = engineAt(clock);
    await engine.tick(new Map());
    for (; clock.now < from + 5 * HOUR + 10 * MINUTE; clock.now += 5_000) {
      const value = valueAt(clock.now);
      if (Math.abs(clock.now - (from + 3 * HOUR)) < 20 * MINUTE) await engine.tick(new Map([['metric.ram', [{ device: '', value }]]]));
    }
    const lived = await box.rows('incidents', { rule_id: rule.body.id });
    expect(lived.map(({ told }) => told)).toEqual(body.incidents.map(({ told }: { told: boolean }) => told));
    await box.request('DELETE', `${at}/${rule.body.id}`, { as: owner });
  });
  const valueAt = (now: number): number => {
    const minute = (now - from - 3 * HOUR) / MINUTE;
    return minute >= 0 && minute < 5 ? 92 : minute >= 10 && minute < 13 ? 93 : 50;
  };

  test('silence is tried as silence', async () => {
    const silent = definition({ levels: [{ severity: 'critical', enter: 100, leave: 99 }], noData: { afterMs: 30 * MINUTE, severity: 'warning' } });
    const { body } = await box.request('POST', `${at}/back-test`, { as: owner, body: { definition: silent, days: 1 } });
    expect(body.incidents.length).toBeGreaterThanOrEqual(1);
    expect(body.messages[0].title.en).toBe('Nothing is heard of “metric.ram” any more.');
  });

  test('what the engine heard of other signals is kept, and can be tried as well', async () => {
    const clock = { now: Math.floor(Date.now() / 5_000) * 5_000 - 2 * HOUR };
    const engine = engineAt(clock);
    const waiting = (value: number) => new Map([['queue.waiting', [{ device: '', value }]]]);
    for (let n = 0; n < 60; n += 1, clock.now += 5_000) await engine.tick(waiting(n < 20 || n >= 44 ? 0 : 7));
    expect((await box.rows('alert_signal_history', { signal: 'queue.waiting' })).length).toBeLessThan(10);
    const tried = definition({ signal: 'queue.waiting', levels: [{ severity: 'warning', enter: 5, leave: 1 }], forMs: MINUTE, cause: 'queue' });
    const { body } = await box.request('POST', `${at}/back-test`, { as: owner, body: { definition: tried, days: 1 } });
    expect(body.incidents).toMatchObject([{ peak: 7, told: true, durationMs: MINUTE }]);
    const none = definition({ signal: 'backup.age', cause: 'backup' });
    expect((await box.request('POST', `${at}/back-test`, { as: owner, body: { definition: none } })).body.note.en).toContain('Nothing of this is stored');
  });
});

describe('what is read', () => {
  test('a collector that never began is noticed', async () => {
    const read = createMetricsReader(box.database.db);
    const later = Date.now() + 30 * DAY;
    const ageAt = async (now: number) => {
      const found = new Map();
      await read(found, now);
      return (found.get('metrics.age') as { value: number }[])[0]!.value;
    };
    expect(await ageAt(later)).toBe(0);
    for (let n = 1; n <= 24; n += 1) expect(await ageAt(later + n * 5_000)).toBe(n * 5);
    // A night asleep is no silence.
    expect(await ageAt(later + 8 * HOUR)).toBe(135);
  });

  test('a clock that is put back does not deafen the box until the old time is reached', async () => {
    const { db } = box.database;
    const read = createMetricsReader(db);
    const noon = Math.floor(Date.now() / DAY) * DAY + 12 * HOUR;
    const day = new Date(noon).toISOString().slice(0, 10);
    const next = new Date(noon + DAY).toISOString().slice(0, 10);
    await sql.raw(`create table if not exists metrics_cpu_p${day.replaceAll('-', '')} partition of metrics_cpu for values from ('${day}') to ('${next}')`).execute(db); // prettier-ignore
    const sampleAt = async (now: number, value: number) => {
      await sql`insert into metrics_cpu ("timestamp", value) values (${new Date(now)}, ${value})`.execute(db);
      const found = new Map();
      await read(found, now + 1_000);
      return (found.get('metric.cpu') as { value: number }[] | undefined)?.[0]?.value;
    };
    expect(await sampleAt(noon, 11)).toBe(11);
    expect(await sampleAt(noon + 5_000, 12)).toBe(12);
    expect(await sampleAt(noon - HOUR, 13)).toBe(13);
    expect(await sampleAt(noon - HOUR + 5_000, 14)).toBe(14);
  });

  test('lines of a log are counted by their words, for a minute, also when the log is turned over', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arasul-logs-'));
    try {
      const file = join(folder, 'core.log');
      await writeFile(file, 'out of MEMORY before we looked\n');
      const rules = [{ ...definition({ signal: 'log.matches', match: 'Out of memory' }), id: 'r', name: 'r' }];
      const read = createLogReader(folder);
      const look = async () => {
        const found = new Map();
        await read(found, rules);
        return (found.get('log.matches\nOut of memory') as { value: number }[])[0]!.value;
      };
      expect(await look()).toBe(0);
      await appendFile(file, 'OUT OF MEMORY\nother\nout of memo');
      expect(await look()).toBe(1);
      await appendFile(file, 'ry again\n');
      expect(await look()).toBe(2);
      await writeFile(file, 'out of memory, anew\n');
      expect(await look()).toBe(3);
      for (let n = 0; n < 9; n += 1) await look();
      expect(await look()).toBe(2);
      for (let n = 0; n < 12; n += 1) await look();
      expect(await look()).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('the age of the last proven backup is read once there is a target, from the day of the target on', async () => {
    const { db } = box.database;
    const clock = { now: Date.now() };
    const heard = async () => {
      await engineAt(clock).tick();
      const { rows } = await sql<{ value: number }>`select value from alert_signal_history where signal = 'backup.age' order by at desc limit 1`.execute(db);
      clock.now += HOUR;
      return rows[0]?.value;
    };
    expect(await heard()).toBeUndefined();
    await sql`insert into backup_targets (id, name, folder, created_at) values ('0190a0b0-0000-7000-8000-000000000009', 't', '/t', now() - interval '11 days')`.execute(
      db,
    );
    expect(await heard()).toBeCloseTo(264, 0);
    expect(await box.rows('incidents', { cause: 'backup' })).toMatchObject([{ severity: 'warning', state: 'open' }]);
    await sql`insert into backups (id, target_id, taken_at, reason, took_ms, bytes, new_bytes, counts, opens_with_recovery_key, drilled_at, drilled_ok)
      values ('b', '0190a0b0-0000-7000-8000-000000000009', now() - interval '5 hours', 'schedule', 1, 1, 1, '{}', true, now(), true)`.execute(db);
    expect(await heard()).toBeCloseTo(5, 0);
    expect(await box.rows('incidents', { cause: 'backup' })).toMatchObject([{ state: 'resolved' }]);
  });
});

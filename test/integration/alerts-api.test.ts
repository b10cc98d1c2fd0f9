import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { createEngine } from '../../services/alert-engine/engine.ts';
import { startBox, type Box, type Person } from '../support/box.ts';

let box: Box;
let owner: Person;
let viewer: Person;
beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  viewer = await box.user('viewer');
});
afterAll(() => box.stop());

test('A14 thresholds are changed key by key; an unknown key is refused with its path, and nothing is changed', async () => {
  const path = '/api/v1/alerts/thresholds';
  expect((await box.request('GET', path, { as: owner })).body).toMatchObject({ disk_warning: 80, notify_on_warning: false, cooldown_minutes: 15 });
  const refused = await box.request('PATCH', path, { as: owner, body: { disk_warning: 70, disk_warnin: 60 } });
  expect(refused.status).toBe(422);
  expect(JSON.stringify(refused.body)).toContain('alert_thresholds.disk_warnin');
  expect((await box.request('PATCH', path, { as: owner, body: { disk_warning: 99 } })).status).toBe(422);
  expect((await box.request('GET', path, { as: owner })).body.disk_warning).toBe(80);
  expect((await box.request('PATCH', path, { as: owner, body: { disk_warning: 70 } })).body).toMatchObject({ disk_warning: 70, disk_critical: 95 });
});

test('an incident is seen, taken once, and in the summary; a silence ends', async () => {
  let now = Date.now();
  const engine = createEngine({ database: box.database, stateFile: null, clock: { now: () => now }, log: silentLogger });
  for (let step = 0; step < 20; step += 1, now += 5_000) await engine.tick(new Map([['metric.disk', [{ device: '/', value: 71 }]]]));
  const { items } = (await box.request('GET', '/api/v1/incidents?state=now', { as: viewer })).body;
  expect(items).toMatchObject([{ cause: 'disk:/', severity: 'warning', value: 71, unit: '%', told: true }]);
  const at = `/api/v1/incidents/${items[0].id}`;
  expect((await box.request('POST', `${at}/acknowledge`, { as: viewer })).status).toBe(403);
  expect((await box.request('POST', `${at}/acknowledge`, { as: owner })).status).toBe(204);
  expect((await box.request('POST', `${at}/acknowledge`, { as: owner })).status).toBe(409);
  const detail = (await box.request('GET', at, { as: viewer })).body;
  expect(detail).toMatchObject({ state: 'acknowledged', acknowledgedBy: owner.username, chart: { metric: 'disk', device: '/' } });
  expect(detail.timeline.map(({ event }: { event: string }) => event)).toEqual(['opened', 'acknowledged']);
  expect((await box.request('GET', '/api/v1/alerts/summary', { as: viewer })).body).toMatchObject({ open: 1, unacknowledged: 0, worst: { id: items[0].id } });
  expect((await box.request('GET', `/api/v1/incidents/${randomUUID()}`, { as: viewer })).status).toBe(404);

  const body = { target: 'disk', endsAt: new Date(Date.now() + 3_600_000).toISOString() };
  const silence = await box.request('POST', '/api/v1/alerts/silences', { as: owner, body });
  expect(silence.body).toMatchObject({ target: 'disk', active: true, createdBy: owner.username });
  expect((await box.request('POST', '/api/v1/alerts/silences', { as: owner, body: { ...body, endsAt: '2020-01-01T00:00:00Z' } })).status).toBe(422);
  expect((await box.request('DELETE', `/api/v1/alerts/silences/${silence.body.id}`, { as: owner })).status).toBe(204);
  expect((await box.request('GET', '/api/v1/alerts/silences', { as: owner })).body.items).toEqual([]);
  const rules = (await box.request('GET', '/api/v1/alerts/rules', { as: owner })).body.items as { key: string; fromThresholds: boolean }[];
  expect(rules.find(({ key }) => key === 'metric.disk')).toMatchObject({ fromThresholds: true, definition: { levels: [{ enter: 70 }, { enter: 95 }] } });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { createHostRecord } from '../../services/metrics-collector/host-record.ts';
import { measuredBy, readFixedFacts, readOtherGpus } from '../../services/metrics-collector/host-facts.ts';
import type { Sample } from '../../services/metrics-collector/sample.ts';
import { openSources } from '../../services/metrics-collector/sources/index.ts';
import { createSampler } from '../../services/metrics-collector/take-sample.ts';
import { startBox, type Box } from '../support/box.ts';
import { createTestCollector, INTERVAL_MS, sampleAt } from '../support/metrics.ts';

const gpu = { device: 'gpu0', percent: 37.5, memoryUsedBytes: 14e9, memoryTotalBytes: 24e9, powerWatts: 211.4 };
const wellEquipped: Partial<Sample> = {
  gpu: [gpu, { ...gpu, device: 'gpu1', percent: 0, memoryTotalBytes: 12e9 }],
  temperature: [
    { sensor: 'cpu', celsius: 61.5 },
    { sensor: 'gpu0', celsius: 58 },
  ],
  disk: [
    { mount: '/', usedBytes: 30e9, freeBytes: 70e9, percent: 30 },
    { mount: '/data', usedBytes: 90e9, freeBytes: 10e9, percent: 90 },
  ],
  network: [{ device: 'eth0', receivedPerS: 1200, sentPerS: 80 }],
  process: [{ process: 'core', rssBytes: 180e6, cpuPercent: 2.5 }],
};
const fixed = async () => ({ ...(await readFixedFacts(Date.now())), name: 'box', model: 'Test board' });
const gpuFacts = [
  { device: 'gpu0', name: 'NVIDIA RTX A', memoryBytes: 24e9 },
  { device: 'gpu1', name: 'NVIDIA RTX B', memoryBytes: 12e9 },
];

/** Four samples up to now, with the facts that belong to them. */
const fill = async (box: Box, more: Partial<Sample>, gpus: typeof gpuFacts): Promise<void> => {
  const collector = await createTestCollector({ database: box.database, now: Date.now() - 4 * INTERVAL_MS, measure: () => more });
  await collector.run(4);
  await createHostRecord({ db: box.database.db, log: silentLogger, fixed, gpus: () => Promise.resolve(gpus) }).observe(measuredBy(sampleAt(0, more)));
};

const countBy = async (box: Box, table: string, column: string): Promise<Record<string, number>> => {
  const { rows } = await sql<{
    key: string;
    n: number;
  }>`select ${sql.ref(column)}::text as key, count(*) as n from ${sql.table(table)} group by 1 order by 1`.execute(box.database.db);
  return Object.fromEntries(rows.map(({ key, n }) => [key, n]));
};

describe('A1 one sample row per metric per interval, and no zero that was not measured', () => {
  let rich: Box;
  let bare: Box;
  beforeAll(async () => {
    [rich, bare] = [await startBox(), await startBox()];
    await fill(rich, wellEquipped, gpuFacts);
    await fill(bare, {}, []);
  });
  afterAll(async () => {
    await rich.stop();
    await bare.stop();
  });

  test('A1 each metric has a row per interval, and one for each device, sensor and disk', async () => {
    expect(await rich.rows('metrics_cpu')).toHaveLength(4);
    expect(await rich.rows('metrics_ram')).toHaveLength(4);
    expect(await countBy(rich, 'metrics_gpu', 'device')).toEqual({ gpu0: 4, gpu1: 4 });
    expect(await countBy(rich, 'metrics_temperature', 'sensor')).toEqual({ cpu: 4, gpu0: 4 });
    expect(await countBy(rich, 'metrics_disk', 'mount')).toEqual({ '/': 4, '/data': 4 });
    expect(await countBy(rich, 'metrics_network', 'device')).toEqual({ eth0: 4 });
    expect(await countBy(rich, 'metrics_process', 'process')).toEqual({ core: 4 });
  });

  test('A1 a machine without GPU and sensors writes no row for them, and the dashboard is told so', async () => {
    expect(await bare.rows('metrics_cpu')).toHaveLength(4);
    expect(await bare.rows('metrics_gpu')).toEqual([]);
    expect(await bare.rows('metrics_temperature')).toEqual([]);
    const { status, body } = await bare.request('GET', '/api/v1/system/overview', { as: await bare.owner() });
    expect(status).toBe(200);
    expect(body.now).toMatchObject({
      cpu: { state: 'ok', percent: 20 },
      gpu: { state: 'no_sensor' },
      temperature: { state: 'no_sensor' },
      disk: { state: 'ok' },
    });
  });

  test('A1 this very machine is measured: processors, memory and disk by real sources', async () => {
    const machine = openSources({
      intervalMs: INTERVAL_MS,
      path: '',
      processes: () => [{ process: 'core', pid: process.pid }],
      monotonicMs: () => performance.now(),
      log: silentLogger,
    });
    try {
      const take = createSampler(machine.sources, silentLogger);
      await take(1);
      for (const end = performance.now() + 50; performance.now() < end;); // some ticks must pass, or there is no share of them
      const sample = await take(2);
      expect(measuredBy(sample)).toEqual(expect.arrayContaining(['cpu', 'ram', 'disk', 'process']));
      expect(sample.cpu).toBeGreaterThan(0);
      expect(sample.ram!.totalBytes).toBeGreaterThan(sample.ram!.usedBytes);
      expect(sample.disk.map(({ mount }) => mount)).toContain('/');
    } finally {
      machine.close();
    }
    expect(await readFixedFacts(Date.now())).toMatchObject({ name: expect.stringMatching(/./), cores: expect.any(Number), memoryBytes: expect.any(Number) });
    expect(await readOtherGpus()).toEqual(expect.any(Array));
  });

  test('the overview has units, names and what is wrong', async () => {
    const { body } = await rich.request('GET', '/api/v1/system/overview', { as: await rich.user('viewer') });
    expect(body).toMatchObject({
      host: { name: 'box', model: 'Test board', gpus: ['NVIDIA RTX A', 'NVIDIA RTX B'] },
      now: {
        ram: { percent: 40, usedBytes: 4e9, totalBytes: 10e9 },
        gpu: {
          state: 'ok',
          devices: [
            { name: 'NVIDIA RTX A', percent: 37.5, memoryUsedBytes: 14e9, powerWatts: 211.4 },
            { name: 'NVIDIA RTX B', percent: 0 },
          ],
        },
        temperature: {
          sensors: [
            { name: 'cpu', celsius: 61.5 },
            { name: 'gpu0', celsius: 58 },
          ],
        },
        network: { links: [{ name: 'eth0', receivedPerS: 1200, sentPerS: 80 }] },
      },
      counts: { documents: { pending: 0, indexed: 0 }, users: 2 },
      model: { chat: null, state: 'away' },
    });
    expect(body.sampleAgeMs).toBeLessThan(INTERVAL_MS * 4);
    expect(body.problems).toEqual([
      { code: 'disk.high', severity: 'warning', params: { mount: '/data', percent: 90, freeBytes: 10e9 } },
      { code: 'model.none', severity: 'info', params: {} },
    ]);
  });

  test('samples that stopped are "no data" with their age, and not the old value', async () => {
    rich.clock.advance(10 * 60_000);
    const { body } = await rich.request('GET', '/api/v1/system/overview', { as: await rich.owner() });
    rich.clock.advance(-10 * 60_000);
    expect(body.now.cpu).toEqual({ state: 'no_data' });
    expect(body.now.gpu).toEqual({ state: 'no_data' });
    expect(body.problems).toContainEqual({ code: 'metrics.away', severity: 'warning', params: { ageMs: body.sampleAgeMs } });
  });

  test('Prometheus gets the same from this machine: what is not measured is not there', async () => {
    const { status, headers, body } = await rich.request('GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(body).toContain('arasul_cpu_percent 20\n');
    expect(body).toContain('arasul_gpu_percent{device="NVIDIA RTX A"} 37.5\n');
    expect(body).toContain('arasul_queue_jobs{status="pending"} 0\n');
    expect(body).toMatch(/arasul_http_request_duration_seconds_count\{method="GET",status="200"\} \d+/);
    expect(body).toMatch(/^process_cpu_seconds_total \d/m);
    const bareText = (await bare.request('GET', '/metrics')).body as string;
    expect(bareText).not.toMatch(/^arasul_(gpu|temperature)\w* ?[{\d]/m);
    expect(bareText).toContain('arasul_cpu_percent 20\n');
  });

  test('another machine, or one behind a proxy, needs a key for it', async () => {
    const proxied = { headers: { 'x-forwarded-for': '192.168.1.20' } };
    expect((await rich.request('GET', '/metrics', proxied)).status).toBe(401);
    const owner = await rich.owner();
    expect((await rich.request('GET', '/metrics', { ...proxied, as: await rich.key(owner, ['metrics:read']) })).status).toBe(200);
    expect((await rich.request('GET', '/metrics', { ...proxied, as: await rich.key(owner, ['chat']) })).status).toBe(403);
  });
});

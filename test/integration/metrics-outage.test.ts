import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrate, openDatabase, type Database } from '#db';
import { silentLogger } from '#kit';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';
import { createTestCollector, INTERVAL_MS, MINUTE_MS, type TestCollector } from '../support/metrics.ts';

const START = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 60 * MINUTE_MS;
const TEN_MINUTES = 120; // samples

/** A server of this file's own, because it is stopped in the middle. */
let dataDir: string;
let server: EmbeddedPostgres;
let database: Database;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'arasul-outage-'));
  server = await startEmbeddedPostgres({ dataDir, durable: false });
  await migrate({ url: server.url, folder: 'postgres-init/migrations' });
  database = openDatabase({ url: server.url, log: silentLogger, max: 2 });
});
afterEach(async () => {
  await sql`truncate metrics_cpu, metrics_ram, metrics_disk, metrics_rollup_1m, metrics_rollup_5m, metrics_rollup_1h, metrics_rollup_pending`.execute(
    database.db,
  );
});
afterAll(async () => {
  await database.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const away = async (work: () => Promise<void>): Promise<void> => {
  await server.stop();
  await work();
  server = await startEmbeddedPostgres({ dataDir, durable: false });
};

/** The processor's values in the order in which they were written. */
const written = async (): Promise<{ t: number; value: number }[]> => {
  const { rows } = await sql<{ t: Date; value: number }>`select "timestamp" as t, value from metrics_cpu order by tableoid::regclass::text, ctid`.execute(
    database.db,
  );
  return rows.map(({ t, value }) => ({ t: Number(t), value }));
};
/** Each sample tells its number, so that a lost or doubled one is seen. */
const numbered = (t: number) => ({ cpu: ((t - START) / INTERVAL_MS) % 100 });
const expected = (samples: number) => Array.from({ length: samples }, (_, n) => ({ t: START + (n + 1) * INTERVAL_MS, value: (n + 1) % 100 }));
const fresh = (more: { file?: string; now?: number; maxSamples?: number } = {}): Promise<TestCollector> =>
  createTestCollector({ database, now: START, measure: numbered, ...more });

describe('A3 the database is away for ten minutes', () => {
  test('A3 no sample is lost, and they are written in order', async () => {
    const collector = await fresh();
    await collector.run(3);
    await away(async () => {
      await collector.run(TEN_MINUTES);
      expect(collector.waiting()).toBe(TEN_MINUTES);
      expect(collector.complaint()).toMatch(/^No sample was stored for 600 s \(.+\)\. 120 wait/);
    });
    await collector.run(1);
    expect(collector.waiting()).toBe(0);
    expect(collector.complaint()).toBeNull();
    expect(await written()).toEqual(expected(3 + TEN_MINUTES + 1));
    await expect(readFile(collector.file)).rejects.toThrow('ENOENT');
  });

  test('A3 the minutes of the outage are rolled up like any other', async () => {
    const collector = await fresh();
    await collector.run(1);
    await away(() => collector.run(TEN_MINUTES));
    await collector.run(12);
    const minutes = await database.db.selectFrom('metrics_rollup_1m').select(['bucket', 'samples']).where('metric', '=', 'cpu').orderBy('bucket').execute();
    expect(minutes.slice(1, 11).map(({ samples }) => samples)).toEqual(Array.from({ length: 10 }, () => 12));
  });

  test('A3 a process that is killed during the outage loses none that it had saved; what was stored already is not doubled', async () => {
    const killed = await fresh();
    await killed.run(2);
    await away(async () => {
      await killed.run(TEN_MINUTES);
    });
    const next = await fresh({ file: killed.file, now: START + (2 + TEN_MINUTES) * INTERVAL_MS });
    expect(await next.load()).toBe(TEN_MINUTES);
    await next.run(1);
    // The dead one's twin comes too: the same lines again.
    const twin = await fresh({ file: killed.file, now: START + (3 + TEN_MINUTES) * INTERVAL_MS });
    await twin.load();
    await killed.deliver();
    expect(await written()).toEqual(expected(2 + TEN_MINUTES + 1));
  });

  test('A3 memory is bounded: a long outage is kept whole, its beginning more coarsely', async () => {
    const collector = await fresh({ maxSamples: 100 });
    await away(async () => {
      await collector.run(1000, { deliver: false });
      expect(collector.waiting()).toBeLessThanOrEqual(100);
    });
    await collector.deliver();
    const kept = await written();
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.map(({ t }) => t)).toEqual(kept.map(({ t }) => t).toSorted((a, b) => a - b));
    expect(kept[0]!.t - START).toBeLessThanOrEqual(INTERVAL_MS);
    expect(kept.at(-1)!.t - START).toBe(1000 * INTERVAL_MS);
    // The newest half is at full rate.
    expect(kept.slice(-40)).toEqual(expected(1000).slice(-40));
  });

  test('A3 half a line at the end of the file, as a kill leaves it, costs that sample alone', async () => {
    const collector = await fresh();
    await collector.run(5, { deliver: false });
    await collector.save();
    const text = await readFile(collector.file, 'utf8');
    await writeFile(collector.file, text.slice(0, -20));
    const next = await fresh({ file: collector.file, now: START + 5 * INTERVAL_MS });
    expect(await next.load()).toBe(4);
    await next.deliver();
    expect(await written()).toEqual(expected(4));
  });
});

describe('bad data and bad clocks', () => {
  test('a sample that Postgres refuses is dropped with a word; those around it are stored', async () => {
    const collector = await createTestCollector({ database, now: START, measure: (t) => (t === START + 2 * INTERVAL_MS ? { cpu: 1e9 } : numbered(t)) });
    await collector.run(3, { deliver: false });
    await collector.deliver();
    expect((await written()).map(({ value }) => value)).toEqual([1, 3]);
    expect(collector.waiting()).toBe(0);
  });

  test('a clock that jumps years ahead and back loses nothing', async () => {
    const collector = await fresh();
    await collector.run(2);
    collector.at(START + 3 * 365 * 24 * 60 * MINUTE_MS);
    await collector.run(1);
    collector.at(START + 2 * INTERVAL_MS);
    await collector.run(2);
    const seen = (await written()).map(({ t }) => t);
    expect(seen).toHaveLength(5);
    expect(seen.filter((t) => t < START + MINUTE_MS)).toEqual(expected(4).map(({ t }) => t));
  });

  test('a partition that vanished is made again', async () => {
    const collector = await fresh();
    await collector.run(1);
    const day = new Date(START).toISOString().slice(0, 10).replaceAll('-', '');
    await sql`drop table ${sql.table(`metrics_cpu_p${day}`)}`.execute(database.db);
    await collector.run(1);
    expect((await written()).map(({ value }) => value)).toEqual([2]);
  });
});

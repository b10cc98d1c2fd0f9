import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { defaultSettings, type SeriesAnswer } from '#contracts';
import { silentLogger, systemClock } from '#kit';
import { createSystem, systemRoutes } from '../../services/dashboard-backend/features/system/index.ts';
import { createApp, type Principal } from '../../services/dashboard-backend/http/index.ts';
import { createPartitionKeeper } from '../../services/metrics-collector/keeper.ts';
import { rollUp } from '../../services/metrics-collector/rollups.ts';
import { defineBench, percentile, type Figure } from './bench.ts';
import { cpuMsOfServer } from './processor-time.ts';
import { withScratchDatabase, type Scratch } from './scratch-database.ts';

const WEEK_MS = 7 * 86_400_000;
const INTERVAL_S = 5;
const WARM_UPS = 20;
const REQUESTS = 300;

const viewer: Principal = {
  userId: 1,
  uid: '',
  username: 'bench',
  role: 'viewer',
  workspaceId: '00000000-0000-7000-8000-000000000001',
  via: 'token',
  sessionId: null,
  jti: null,
  csrfToken: null,
  scopes: null,
  ipAddress: '',
  mustChangePassword: false,
};

/** A week of a machine with one disk, three temperatures and one link: 120,960 rows of each series. Returns the rows of the processor. */
const fillWeek = async ({ database }: Scratch, nowMs: number): Promise<number> => {
  const keeper = createPartitionKeeper({ db: database.db, log: silentLogger });
  await keeper.ensureRaw(Array.from({ length: 9 }, (_, day) => nowMs - WEEK_MS + day * 86_400_000));
  const times = sql`generate_series(${new Date(nowMs - WEEK_MS)}::timestamptz, ${new Date(nowMs - 1)}::timestamptz, make_interval(secs => ${INTERVAL_S})) as t`;
  await sql`insert into metrics_cpu select t, (random() * 100)::numeric(5,2) from ${times}`.execute(database.db);
  await sql`insert into metrics_ram select t, (random() * 100)::numeric(5,2), 4e9::bigint, 8e9::bigint from ${times}`.execute(database.db);
  await sql`insert into metrics_temperature select t, sensor, (40 + random() * 30)::numeric(5,2) from ${times}, unnest(array['cpu', 'gpu0', 'nvme']) as sensor`.execute(
    database.db,
  );
  await sql`insert into metrics_disk select t, '/', 1e9::bigint, 1e9::bigint, 50 from ${times}`.execute(database.db);
  await sql`insert into metrics_network select t, 'eth0', random() * 1e6, random() * 1e6 from ${times}`.execute(database.db);
  await sql`insert into metrics_rollup_pending select 60, date_trunc('minute', t) from ${times} on conflict do nothing`.execute(database.db);
  await rollUp({ database, ensurePartitions: keeper.ensure }, nowMs);
  await sql`update metrics_cpu set value = 100 where "timestamp" = (select "timestamp" from metrics_cpu order by "timestamp" offset 60000 limit 1)`.execute(
    database.db,
  );
  await sql`insert into metrics_rollup_pending select 60, date_trunc('minute', "timestamp") from metrics_cpu where value = 100 limit 1`.execute(database.db);
  await rollUp({ database, ensurePartitions: keeper.ensure }, nowMs);
  await sql`vacuum analyze`.execute(database.db);
  const { rows } = await sql<{ n: number }>`select count(*) as n from metrics_cpu`.execute(database.db);
  return rows[0]!.n;
};

interface Timed {
  times: number[];
  /** Of a request, in this process (which asks, too) and in Postgres. */
  processorMs: { node: number; postgres: number };
  points: number;
  peak: number;
}

const timeRequests = async (url: string, { pid }: Scratch): Promise<Timed> => {
  const ask = async () => (await (await fetch(url)).json()) as SeriesAnswer;
  for (let n = 0; n < WARM_UPS; n += 1) await ask();
  const times: number[] = [];
  let answer: SeriesAnswer | undefined;
  const nodeBefore = process.cpuUsage();
  const postgresBefore = cpuMsOfServer(pid);
  for (let n = 0; n < REQUESTS; n += 1) {
    const began = performance.now();
    answer = await ask();
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(nodeBefore);
  const points = answer!.series[0]!.points;
  return {
    times,
    processorMs: { node: (user + system) / 1000 / REQUESTS, postgres: (cpuMsOfServer(pid) - postgresBefore) / REQUESTS },
    points: points.length,
    peak: Math.max(...points.map(({ max }) => max ?? 0)),
  };
};

export default defineBench({
  name: 'seven-day chart',
  about: 'GET /api/v1/metrics/series over a week of samples at 5 s, 1,000 points asked for, over HTTP without sign-in.',
  measure: () =>
    withScratchDatabase(async (scratch) => {
      const nowMs = Date.now();
      const rows = await fillWeek(scratch, nowMs);
      const system = createSystem({
        database: scratch.database,
        settings: { get: () => defaultSettings },
        runtime: { models: () => Promise.resolve([]) },
        stateFile: null,
        clock: systemClock,
      });
      const server = createServer(createApp({ routes: { '/api/v1': systemRoutes(system) }, authenticate: () => viewer, log: silentLogger }));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/metrics/series?points=1000&from=${new Date(nowMs - WEEK_MS).toISOString()}&to=${new Date(nowMs).toISOString()}`;
        const cpu = await timeRequests(`${base}&metric=cpu`, scratch);
        const temperature = await timeRequests(`${base}&metric=temperature`, scratch);
        return [
          { name: 'rows of the week', value: rows, unit: 'rows' },
          { name: 'one series, p50', value: percentile(cpu.times, 0.5), unit: 'ms' },
          { name: 'one series, p95', value: percentile(cpu.times, 0.95), unit: 'ms', goal: { atMost: 10, text: '<= 10 ms' } },
          { name: 'one series, processor time of server and client', value: cpu.processorMs.node, unit: 'ms' },
          { name: 'one series, processor time of Postgres', value: cpu.processorMs.postgres, unit: 'ms' },
          { name: 'three series, p95', value: percentile(temperature.times, 0.95), unit: 'ms' },
          { name: 'points', value: cpu.points, unit: 'points', goal: { atMost: 1000, text: '<= 1,000' } },
          { name: 'the one peak of 100 % in the chart', value: cpu.peak, unit: '%', goal: { atLeast: 100, text: 'kept' } },
        ] satisfies Figure[];
      } finally {
        server.closeAllConnections();
        server.close();
      }
    }),
});

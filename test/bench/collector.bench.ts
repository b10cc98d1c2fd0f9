import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { silentLogger, systemClock } from '#kit';
import { createBacklog } from '../../services/metrics-collector/backlog.ts';
import { createCollector } from '../../services/metrics-collector/collector.ts';
import { createPartitionKeeper } from '../../services/metrics-collector/keeper.ts';
import { findTool, openSources } from '../../services/metrics-collector/sources/index.ts';
import { createSampler } from '../../services/metrics-collector/take-sample.ts';
import { freePort } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';
import { defineBench, type Figure } from './bench.ts';
import { cpuMs, cpuMsOfServer } from './processor-time.ts';
import { withScratchDatabase, type Scratch } from './scratch-database.ts';

const SAMPLES = 40;
/** Shorter than the product's 5 s, so that the bench ends; long enough that each sample wakes up a cold processor, as in real life. */
const INTERVAL_MS = 1_000;

const everyInterval = async (work: () => Promise<unknown>): Promise<void> => {
  for (let n = 0; n < SAMPLES; n += 1) {
    const began = performance.now();
    await work();
    await systemClock.sleep(Math.max(0, INTERVAL_MS - (performance.now() - began)));
  }
};

const ownCpuMs = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await everyInterval(work);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / SAMPLES;
};

const measureCollector = async ({ database, pid, dataDir }: Scratch): Promise<{ reading: number; whole: number; server: number }> => {
  const machine = openSources({
    intervalMs: INTERVAL_MS,
    path: process.env.PATH ?? '',
    processes: () => [{ process: 'core', pid: process.pid }],
    monotonicMs: () => performance.now(),
    log: silentLogger,
  });
  try {
    const takeSample = createSampler(machine.sources, silentLogger);
    const collector = createCollector({
      database,
      takeSample,
      log: silentLogger,
      clock: systemClock,
      keeper: createPartitionKeeper({ db: database.db, log: silentLogger }),
      backlog: createBacklog({ file: join(dataDir, 'backlog.ndjson'), log: silentLogger }),
    });
    const step = async () => {
      await collector.sample();
      await collector.deliver();
    };
    for (let n = 0; n < 5; n += 1) await step();
    const reading = await ownCpuMs(() => takeSample(Date.now()));
    const serverBefore = cpuMsOfServer(pid);
    const whole = await ownCpuMs(step);
    return { reading, whole, server: (cpuMsOfServer(pid) - serverBefore) / SAMPLES };
  } finally {
    machine.close();
  }
};

const measureNodeExporter = async (): Promise<number> => {
  const command = findTool('prometheus-node-exporter', process.env.PATH ?? '');
  if (!command) throw new Error('prometheus-node-exporter is what the collector is compared with. Install it: apt-get install prometheus-node-exporter');
  const port = await freePort();
  const exporter: ChildProcess = spawn(command, [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  try {
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await waitFor(() => scrape().catch(() => null), { what: 'node_exporter' });
    for (let n = 0; n < 5; n += 1) await scrape();
    const before = cpuMs(exporter.pid!);
    await everyInterval(scrape);
    return (cpuMs(exporter.pid!) - before) / SAMPLES;
  } finally {
    exporter.kill();
  }
};

export default defineBench({
  name: 'metrics collector',
  about: `Processor time for each sample, ${SAMPLES} samples at ${INTERVAL_MS} ms, against prometheus-node-exporter scraped at the same interval. The collector's own process; what Postgres spends on the rows is stated apart.`,
  measure: () =>
    withScratchDatabase(async (scratch) => {
      const { reading, whole, server } = await measureCollector(scratch);
      const reference = { name: 'node_exporter', value: await measureNodeExporter() };
      return [
        { name: 'reading the machine', value: reading, unit: 'ms', reference },
        { name: 'reading and storing', value: whole, unit: 'ms', reference, goal: { atMost: 0.5, text: '<= 0.5x' } },
        { name: 'Postgres, for the rows and their roll-ups', value: server, unit: 'ms' },
      ] satisfies Figure[];
    }),
});

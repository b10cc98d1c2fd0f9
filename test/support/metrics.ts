import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#db';
import { silentLogger } from '#kit';
import { createBacklog } from '../../services/metrics-collector/backlog.ts';
import { createCollector, type Collector } from '../../services/metrics-collector/collector.ts';
import { createPartitionKeeper, type PartitionKeeper } from '../../services/metrics-collector/keeper.ts';
import { emptySample, type Sample } from '../../services/metrics-collector/sample.ts';

export const INTERVAL_MS = 5_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A sample of a machine with processors, memory and one disk, and whatever `more` says. */
export const sampleAt = (t: number, more: Partial<Sample> = {}): Sample => ({
  ...emptySample(t),
  cpu: 20,
  ram: { percent: 40, usedBytes: 4e9, totalBytes: 10e9 },
  disk: [{ mount: '/', usedBytes: 30e9, freeBytes: 70e9, percent: 30 }],
  ...more,
});

export interface TestCollector extends Collector {
  keeper: PartitionKeeper;
  waiting(): number;
  /** Moves the collector's clock. */
  at(now: number): void;
  /** Lets the clock run on, with a sample at each interval. */
  run(samples: number, options?: { deliver?: boolean }): Promise<void>;
  file: string;
  /** Takes up what an earlier collector with the same file left behind. */
  load(): Promise<number>;
  save(): Promise<void>;
}

interface Options {
  database: Pick<Database, 'db' | 'inTransaction' | 'ping'>;
  now: number;
  measure?: (t: number) => Partial<Sample>;
  maxSamples?: number;
  file?: string;
}

/** The real collector on a clock that the test moves. */
export const createTestCollector = async ({ database, now, measure = () => ({}), maxSamples, file }: Options): Promise<TestCollector> => {
  let current = now;
  const path = file ?? join(await mkdtemp(join(tmpdir(), 'arasul-metrics-')), 'cache', 'backlog.ndjson');
  const backlog = createBacklog({ file: path, log: silentLogger, maxSamples });
  const keeper = createPartitionKeeper({ db: database.db, log: silentLogger });
  const collector = createCollector({
    database,
    keeper,
    backlog,
    log: silentLogger,
    clock: { now: () => current },
    takeSample: (t) => Promise.resolve(sampleAt(t, measure(t))),
  });
  return {
    ...collector,
    keeper,
    file: path,
    waiting: () => backlog.size,
    load: () => backlog.load(),
    save: () => backlog.save(),
    at(next) {
      current = next;
    },
    async run(samples, { deliver = true } = {}) {
      for (let n = 0; n < samples; n += 1) {
        current += INTERVAL_MS;
        await collector.sample();
        if (deliver) await collector.deliver();
      }
    },
  };
};

import { join } from 'node:path';
import { defaultSettings, type HostFacts } from '#contracts';
import { readSettings, sharedDatabase, sharedNotifier } from '#db';
import { defineService, errorText, systemClock } from '#kit';
import { createBacklog } from './backlog.ts';
import { createCollector } from './collector.ts';
import { readConfig } from './config.ts';
import { measuredBy, readFixedFacts, readOtherGpus } from './host-facts.ts';
import { createHostRecord } from './host-record.ts';
import { createPartitionKeeper } from './keeper.ts';
import { createProcessList } from './own-processes.ts';
import { openSources, type MachineSources } from './sources/index.ts';
import { createSampler } from './take-sample.ts';
import { runTicks } from './ticks.ts';

/** How long a stop waits for the last samples; what is not stored by then is in the file. */
const LAST_DELIVERY_MS = 2_000;

export const service = defineService({
  name: 'metrics-collector',
  async start(host) {
    const { env, log } = host;
    const config = readConfig(env);
    const database = sharedDatabase(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const backlog = createBacklog({ file: join(config.dataDir, 'cache', 'metrics-backlog.ndjson'), log });
    const leftBehind = await backlog.load();
    if (leftBehind > 0) log.info({ samples: leftBehind }, 'samples of an earlier run are stored now');

    const processes = createProcessList(config.stateFile);
    const monotonicMs = () => performance.now();
    const open = (intervalMs: number): MachineSources => openSources({ intervalMs, path: config.path, processes, monotonicMs, log });

    let settings = defaultSettings.metrics;
    let machine = open(settings.intervalMs);
    let sampler = createSampler(machine.sources, log);
    const collector = createCollector({
      database,
      backlog,
      log,
      clock: systemClock,
      keeper: createPartitionKeeper({ db: database.db, log }),
      takeSample: (t) => sampler(t),
    });

    let otherGpus: Promise<HostFacts['gpus']> | undefined;
    const record = createHostRecord({
      db: database.db,
      log,
      fixed: () => readFixedFacts(systemClock.now()),
      gpus: async () => {
        const read = machine.nvidia?.gpus() ?? [];
        return read.length > 0 ? read : (otherGpus ??= readOtherGpus().catch(() => []));
      },
    });

    const applySettings = async (): Promise<void> => {
      try {
        const { metrics: next } = await readSettings(database.db);
        if (next.intervalMs !== settings.intervalMs) {
          machine.close();
          machine = open(next.intervalMs);
          sampler = createSampler(machine.sources, log);
        }
        settings = next;
        collector.configure(next);
      } catch (error) {
        log.warn({ reason: errorText(error) }, 'the settings could not be read; those so far stay');
      }
    };
    await applySettings();
    const unsubscribe = [
      notifier.subscribe('settings.changed', ({ groups }) => {
        if (groups.includes('metrics')) void applySettings();
      }),
      notifier.onReconnect(() => void applySettings()),
    ];

    const ticking = runTicks({
      clock: systemClock,
      signal: host.signal,
      intervalMs: () => settings.intervalMs,
      async onTick() {
        const sample = await collector.sample();
        void collector.deliver().then(() => record.observe(measuredBy(sample)));
      },
    });

    return {
      async stop() {
        unsubscribe.forEach((off) => off());
        await ticking;
        await Promise.race([collector.deliver(), systemClock.sleep(LAST_DELIVERY_MS)]);
        if (backlog.size > 0) await backlog.save();
        machine.close();
      },
      health: () => Promise.resolve(collector.complaint()),
    };
  },
});

import { askCanary, type CanaryOptions } from '#canary';
import { createAccelerator } from '#accelerator';
import { chooseTarget, createLauncherControl, openObjectStore, openVectorIndex } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { defineService, systemClock } from '#kit';
import { createJobs, sharedQueues } from '#queue';
import { sharedRetriever } from '#retrieval';
import { createDrills } from './drill/runner.ts';
import { createAskModel } from './ask-model.ts';
import { readConfig } from './config.ts';
import { listHolds } from './engine/holds.ts';
import { startHealer } from './healer.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Needs } from './types.ts';

/** Looks after the box: finds what is wrong, repairs what it can prove to have repaired, and writes everything down. */
export const service = defineService({
  name: 'self-healing',
  async start(host) {
    const { log } = host;
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const jobs = createJobs({ connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }), log });
    const objects = await openObjectStore({ env: host.env, dataDir: config.dataDir, reserveBytes: () => settings.get().documents.minFreeBytes });
    const runtimeTarget = () => chooseTarget(settings.get().models, config.runtime);
    const runtime = createAccelerator({ target: runtimeTarget, database, notifier });
    const control = config.controlSocket === null ? null : createLauncherControl(config.controlSocket);
    // The one index of the process, where it answers searches; a second copy only to look at it would cost its memory again.
    const parts = await control?.list().catch(() => []);
    const sharesIndex = parts?.some(({ services }) => services.includes('self-healing') && services.includes('dashboard-backend')) ?? false;
    const needs: Needs = {
      database,
      control,
      held: async () => new Set((await listHolds(database.db)).keys()),
      runtime,
      runtimeTarget,
      retriever: sharesIndex
        ? sharedRetriever(host, {
            databaseUrl: config.databaseUrl,
            vectors: openVectorIndex(host.env),
            embedQuery: runtime.embedQuery,
            reranker: runtime.reranking,
          })
        : null,
      canary: oneAtATime((options: CanaryOptions) => askCanary({ database, notifier, jobs, objects }, options)),
      askModel: createAskModel({ database, notifier, jobs, clock: systemClock }),
      settings: settings.get,
      dataDir: config.dataDir,
      url: config.url,
      clock: systemClock,
      log,
    };
    const drills = control && createDrills({ ...needs, database, notifier, control });
    const healer = startHealer({ needs, database, notifier, control, drills, firstPauseMs: config.firstPauseMs, clock: systemClock, log });
    return {
      stop: () => healer.stop(),
      health: () => Promise.resolve(healer.complaint()),
    };
  },
});

import { askCanary } from '#canary';
import { createAccelerator } from '#accelerator';
import { chooseTarget, createDeviceSticks, createFolderSticks, openObjectStore, openVectorIndex } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { defineService, errorText, systemClock } from '#kit';
import { createJobs, sharedQueues } from '#queue';
import { sharedRetriever } from '#retrieval';
import { readPointer, updatePlaces, writeWhole } from '#updates';
import { readConfig } from './config.ts';
import { createGates } from './gates.ts';
import { keepStory } from './keeper.ts';
import { runTrial } from './trial.ts';
import { createStickWatch } from './watch-sticks.ts';
import { createUpdateWork } from './work.ts';
import { carryOut } from './work-process.ts';

// A small box loads its model first; what comes after it must still fit into the trial.
const CANARY_MS = 180_000;

/** Says whether a new release on trial is well, and keeps the story of updates as rows. */
export const service = defineService({
  name: 'updater',
  async start(host) {
    const { log, signal } = host;
    const config = readConfig(host.env);
    const places = updatePlaces(config.dataDir);
    const database = sharedDatabase(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const story = keepStory({ places, databaseUrl: config.databaseUrl, productDir: config.productDir, database, notifier, clock: systemClock, log, signal });

    const settings = await sharedSettings(host, config.databaseUrl);
    const trial = async (): Promise<void> => {
      const pointer = await readPointer(places.pointer);
      if (!pointer?.trial || pointer.release.dir !== config.productDir) return;
      const { embedQuery, reranking } = createAccelerator({ target: () => chooseTarget(settings.get().models, config.runtime), database, notifier });
      const retriever = sharedRetriever(host, { databaseUrl: config.databaseUrl, vectors: openVectorIndex(host.env), embedQuery, reranker: reranking });
      const jobs = createJobs({ connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }), log });
      const objects = await openObjectStore({ env: host.env, dataDir: config.dataDir, reserveBytes: () => settings.get().documents.minFreeBytes });
      await retriever.loaded;
      const gates = createGates({
        readyUrl: config.readyUrl,
        stateFile: config.stateFile,
        database,
        search: (request) => retriever.search({ ...request, fold: false }),
        canary: (until) => askCanary({ database, notifier, jobs, objects }, { occasion: 'update', timeoutMs: CANARY_MS, signal: until }),
        clock: systemClock,
      });
      await runTrial(gates, {
        updateId: pointer.trial.updateId,
        signal,
        limitMs: config.trialLimitMs,
        report: (report) => writeWhole(places.trial, JSON.stringify(report)),
      });
    };
    const tried = trial().catch((error: unknown) => {
      if (!signal.aborted) log.error({ reason: errorText(error) }, 'the trial of this release could not be held');
    });

    const sticks = config.sticksDir === null ? createDeviceSticks({ mountRoot: places.stick }) : createFolderSticks(config.sticksDir);
    const watching = createStickWatch({ sticks, database, places, productDir: config.productDir, clock: systemClock, log }).run(signal);
    const work = createUpdateWork({
      database,
      databaseUrl: config.databaseUrl,
      places,
      productDir: config.productDir,
      stateFile: config.stateFile,
      policy: () => settings.get().updates,
      carryOut,
      fileOf: async ({ id, origin, stick_id: stickId, stick_path: path }) =>
        origin === 'upload' ? places.incomingFile(id) : stickId !== null && path !== null ? sticks.locate(stickId, path) : null,
      clock: systemClock,
      log,
    }).run(signal);

    return {
      async stop() {
        await Promise.all([story, tried, work, watching]);
      },
      health: () => Promise.resolve(null),
    };
  },
});

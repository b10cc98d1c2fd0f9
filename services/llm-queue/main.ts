import { findThreshold } from '#abstention';
import { createAccelerator } from '#accelerator';
import { chooseTarget, openVectorIndex } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { defineService, errorText } from '#kit';
import { sharedQueues } from '#queue';
import { sharedRetriever } from '#retrieval';
import { createLibrary } from './answer/library.ts';
import { createPatience } from './answer/patience.ts';
import { readConfig } from './config.ts';
import { startAbstentionFits } from './quality/abstention-fits.ts';
import { startGoldenRuns } from './quality/golden-runs.ts';
import { createRestartRuntime } from './restart-runtime.ts';
import { startWorker } from './worker.ts';

/** Questions into cited answers, one at a time: the one way to the chat model. */
export const service = defineService({
  name: 'llm-queue',
  async start(host) {
    const { log } = host;
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const accelerator = createAccelerator({ target: () => chooseTarget(settings.get().models, config.runtime), database, notifier });
    const connection = sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl });
    const retriever = sharedRetriever(host, {
      databaseUrl: config.databaseUrl,
      vectors: openVectorIndex(host.env),
      embedQuery: accelerator.embedQuery,
      reranker: accelerator.reranking,
    });
    const golden = await startGoldenRuns({
      database,
      notifier,
      connection,
      search: (request) => retriever.search({ ...request, fold: false }),
      searchWith: (embedModel) => (request) => retriever.search({ ...request, fold: false, embedModel }),
      embedModel: async () => (await accelerator.models()).find(({ purpose, active }) => purpose === 'embed' && active !== false)?.id ?? null,
      quietMs: config.goldenQuietMs,
      log,
    });
    const abstention = await startAbstentionFits({
      database,
      notifier,
      connection,
      // What is measured comes before reranking, hundreds of times.
      search: (request) => retriever.search({ ...request, rerank: false }),
      quietMs: config.goldenQuietMs,
      log,
    });
    const worker = await startWorker({
      database,
      notifier,
      connection,
      answering: {
        runtime: accelerator.answering,
        retriever,
        library: createLibrary(database.db),
        threshold: (workspaceId, embedModel) => findThreshold(database.db, workspaceId, embedModel),
        settings: settings.get,
        patience: createPatience(database.db, config.patience),
      },
      returnMs: config.returnMs,
      restartRuntime: config.controlSocket === null ? null : createRestartRuntime(config.controlSocket, config.returnMs),
      log,
    });
    return {
      async stop() {
        await golden.close();
        await abstention.close();
        await worker.close();
      },
      health: () => database.ping().then(() => null, errorText),
    };
  },
});

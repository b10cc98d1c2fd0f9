import { chooseTarget, createOpenAiRuntime } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { defineService, errorText } from '#kit';
import { sharedQueues } from '#queue';
import { sharedRetriever } from '#retrieval';
import { createLibrary } from './answer/library.ts';
import { readConfig } from './config.ts';
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
    const runtime = createOpenAiRuntime({ target: () => chooseTarget(settings.get().models, config.runtime) });
    const worker = await startWorker({
      database,
      notifier,
      connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }),
      answering: {
        runtime,
        retriever: sharedRetriever(host, {
          databaseUrl: config.databaseUrl,
          embedQuery: (texts) => runtime.embed(texts, { kind: 'query', class: 'interactive' }),
        }),
        library: createLibrary(database.db),
        settings: settings.get,
        patience: config.patience,
      },
      returnMs: config.returnMs,
      log,
    });
    return {
      stop: () => worker.close(),
      health: () => database.ping().then(() => null, errorText),
    };
  },
});

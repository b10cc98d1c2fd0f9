import { createAccelerator } from '#accelerator';
import { chooseTarget, openObjectStore } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { createSecretBox, defineService, errorText, readOrMakeSecret, systemClock, workerFile } from '#kit';
import { sharedQueues } from '#queue';
import { readConfig } from './config.ts';
import { startIndexer } from './indexer.ts';
import { createPictureReader } from './pictures/picture-reader.ts';
import { createReader } from './reading/reader.ts';

/** Uploads into passages, vectors and a searchable index. */
export const service = defineService({
  name: 'document-indexer',
  async start(host) {
    const { log } = host;
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const accelerator = createAccelerator({ target: () => chooseTarget(settings.get().models, config.runtime), database, notifier });
    const indexer = startIndexer({
      database,
      notifier,
      connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }),
      objects: await openObjectStore({ env: host.env, dataDir: config.dataDir, reserveBytes: () => settings.get().documents.minFreeBytes }),
      reader: createReader({ entry: workerFile('document-parser'), limits: config.limits, log }),
      pictures: createPictureReader({ entry: workerFile('picture-reader'), limits: config.pictureLimits, log }),
      languages: () => settings.get().documents.pictureLanguages.split('+'),
      keepVersionsDays: () => settings.get().documents.keepVersionsDays,
      embed: (texts, options) => accelerator.embedPassages(texts, { class: 'background', userId: null }, options),
      probe: async (signal) => (await accelerator.embedQuery(['ready?'], { signal })).model,
      secrets: createSecretBox(await readOrMakeSecret(config.dataDir, 'master-key')),
      clock: systemClock,
      log,
    });
    return {
      stop: () => indexer.stop(),
      health: () => database.ping().then(() => null, errorText),
    };
  },
});

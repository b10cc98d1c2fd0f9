import { startDeliveryWorker } from '#alerts';
import { lineLimits } from '#answers';
import { DeliveryFailed, openObjectStore } from '#clients';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { createSecretBox, defineService, readOrMakeSecret, systemClock } from '#kit';
import { createJobs, sharedQueues } from '#queue';
import { createAnswers } from './answers.ts';
import { createAsking } from './asking.ts';
import { readConfig } from './config.ts';
import { createKeeper, createTelegramSenders } from './deliver.ts';
import { createIncoming } from './incoming.ts';
import { startListening } from './listen.ts';
import { createTalk } from './talk.ts';

/** How often messages of incidents are compared with how the incidents are now. */
const KEEP_EVERY_MS = 1_000;

/** Tells people by Telegram and answers them there; it does nothing until a bot is set up in the dashboard. */
export const service = defineService({
  name: 'telegram-bot',
  async start(host) {
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const secrets = createSecretBox(await readOrMakeSecret(config.dataDir, 'master-key'));
    const needs = { database, secrets, apiRoot: config.apiRoot };
    const jobs = createJobs({ connection: sharedQueues(host, { url: config.databaseUrl, redisUrl: config.redisUrl }), log: host.log });
    const objects = await openObjectStore({ env: host.env, dataDir: config.dataDir, reserveBytes: () => settings.get().documents.minFreeBytes });
    const origin = (): string | null => settings.get().general.address || null;
    const common = { database, jobs, clock: systemClock, signal: host.signal };
    const asking = createAsking({ ...common, limits: () => lineLimits(settings.get()), origin });
    const incoming = createIncoming({ ...common, log: host.log, notifier, objects, maxUploadBytes: () => settings.get().documents.maxUploadBytes });
    const worker = startDeliveryWorker({
      database,
      notifier,
      kinds: ['telegram'],
      senderFor: createTelegramSenders(needs),
      origin,
      backoff: config.backoff,
      clock: systemClock,
      log: host.log,
    });
    const listening = startListening({
      ...needs,
      notifier,
      pollSeconds: config.pollSeconds,
      backoff: { firstMs: Math.min(1_000, config.backoff.firstMs), maxMs: 60_000 },
      talk: createTalk({ database, answers: createAnswers({ database, now: systemClock.now }), asking, incoming, log: host.log }),
      clock: systemClock,
      log: host.log,
    });
    const keep = createKeeper(needs);
    const keeping = (async () => {
      while (!host.signal.aborted) {
        await keep(host.signal).catch((error: unknown) => {
          if (!(error instanceof DeliveryFailed)) host.log.warn({ error }, 'messages could not be edited');
        });
        await systemClock.sleep(KEEP_EVERY_MS, host.signal).catch(() => undefined);
      }
    })();
    return {
      async stop() {
        await Promise.all([listening.stop(), worker.stop(), keeping, asking.settled(), incoming.settled()]);
      },
      health: () => Promise.resolve(listening.complaint() ?? worker.complaint()),
    };
  },
});

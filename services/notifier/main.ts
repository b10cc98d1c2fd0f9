import { createSenders, startDeliveryWorker } from '#alerts';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { createSecretBox, defineService, readOrMakeSecret, systemClock } from '#kit';
import { readConfig } from './config.ts';

/** Brings what lies in the outbox to people by e-mail, webhook, ntfy and Gotify, and to the bell; Telegram has a service of its own. */
export const service = defineService({
  name: 'notifier',
  async start(host) {
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const secrets = createSecretBox(await readOrMakeSecret(config.dataDir, 'master-key'));
    const worker = startDeliveryWorker({
      database,
      notifier: sharedNotifier(host, config.databaseUrl),
      kinds: ['email', 'webhook', 'ntfy', 'gotify'],
      senderFor: createSenders({ db: database.db, secrets, policy: config, now: systemClock.now }),
      origin: () => settings.get().general.address || null,
      backoff: config.backoff,
      clock: systemClock,
      log: host.log,
    });
    return { stop: () => worker.stop(), health: () => Promise.resolve(worker.complaint()) };
  },
});

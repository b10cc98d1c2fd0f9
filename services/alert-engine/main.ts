import { sharedDatabase, sharedNotifier } from '#db';
import { defineService, systemClock } from '#kit';
import { readConfig } from './config.ts';
import { createEngine, INTERVAL_MS } from './engine.ts';

/** Looks at the box every five seconds and says what is wrong: incidents, and what people are told of them. */
export const service = defineService({
  name: 'alert-engine',
  start(host) {
    const config = readConfig(host.env);
    const notifier = sharedNotifier(host, config.databaseUrl);
    const { stateFile, logFolder } = config;
    const engine = createEngine({ database: sharedDatabase(host, config.databaseUrl), stateFile, logFolder, clock: systemClock, log: host.log });
    const unsubscribe = [
      notifier.subscribe('alerts.changed', engine.reload),
      notifier.subscribe('settings.changed', engine.reload),
      notifier.onReconnect(engine.reload),
    ];
    const running = (async () => {
      while (!host.signal.aborted) {
        await engine.tick();
        await systemClock.sleep(INTERVAL_MS, host.signal).catch(() => undefined);
      }
    })();
    return Promise.resolve({
      async stop() {
        unsubscribe.forEach((off) => off());
        await running;
        await engine.save();
      },
      health: () => Promise.resolve(engine.complaint()),
    });
  },
});

import { mkdir } from 'node:fs/promises';
import { createMachineProbe } from '#admission';
import { sharedDatabase, sharedNotifier, sharedSettings } from '#db';
import { defineService, systemClock } from '#kit';
import { createAdmission } from './admission.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { readMachine } from './catalogue/machine.ts';
import { readConfig } from './config.ts';
import { isHubReachable } from './downloads/hub.ts';
import { modelsRepository } from './models.repository.ts';
import { startRuntime } from './runtime.ts';
import { createShelf } from './shelf.ts';
import { createSteward } from './steward.ts';

/** Models on disk and in memory, behind OpenAI's wire format on loopback. */
export const service = defineService({
  name: 'model-runtime',
  async start(host) {
    const { log } = host;
    const config = readConfig(host.env);
    const database = sharedDatabase(host, config.databaseUrl);
    const settings = await sharedSettings(host, config.databaseUrl);
    const entries = catalogue();
    await mkdir(config.modelsDir, { recursive: true });
    const shelf = createShelf({
      catalogue: entries,
      folders: [
        ...(config.givenModelsDir ? [{ path: config.givenModelsDir, place: 'models folder' as const }] : []),
        { path: config.modelsDir, place: 'data folder' },
      ],
    });
    const admission = createAdmission({ db: database.db, probe: createMachineProbe(), shelf, log });
    const runtime = await startRuntime({
      shelf,
      host: config.host,
      port: config.port,
      token: config.token,
      unloadAfterMs: () => settings.get().models.unloadAfterMs,
      admission: admission.admit,
      log,
    });
    const steward = createSteward({
      database,
      notifier: sharedNotifier(host, config.databaseUrl),
      repository: modelsRepository,
      catalogue: entries,
      shelf,
      residency: runtime,
      machine: readMachine(),
      modelsDir: config.modelsDir,
      hubEndpoint: config.hubEndpoint,
      isHubReachable: () => isHubReachable(config.hubEndpoint),
      mayFetchDefaults: config.fetchDefaults,
      isReplaced: () => settings.get().models.externalUrl !== '',
      env: host.env,
      clock: systemClock,
      log,
    });
    await steward.start();
    const endWatch = admission.watch(() => runtime.residency.held());
    return {
      async stop() {
        await endWatch();
        await steward.stop();
        await runtime.close();
      },
    };
  },
});

import { sharedDatabase } from '#db';
import { defineService, errorText } from '#kit';
import { startBackend } from './backend.ts';
import { readConfig } from './config.ts';

/** The one listener: the API, the dashboard's files, health. */
export const service = defineService({
  name: 'dashboard-backend',
  async start(host) {
    const config = readConfig(host.env);
    const backend = await startBackend(host, config);
    host.log.info({ port: backend.port, host: config.host }, 'listening');
    const database = sharedDatabase(host, config.databaseUrl);
    return {
      stop: () => backend.stop(),
      health: () => database.ping().then(() => null, errorText),
    };
  },
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sharedDatabase, sharedSettings } from '#db';
import { defineService, systemClock } from '#kit';
import { readConfig } from './config.ts';
import { createRunner } from './runner.ts';
import { carryOut } from './work-process.ts';

/** Makes backups, and proves them by restoring. */
export const service = defineService({
  name: 'backups',
  async start(host) {
    const { log, signal } = host;
    const { productDir, dataDir, databaseUrl, adminUrl, migrationsDir, originals } = readConfig(host.env);
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(productDir, 'package.json'), 'utf8')));
    const settings = await sharedSettings(host, databaseUrl);
    const runner = createRunner({
      database: sharedDatabase(host, databaseUrl),
      place: { dataDir, databaseUrl, adminUrl, migrationsDir, originals },
      version,
      boxName: () => settings.get().general.boxName,
      carryOut,
      clock: systemClock,
      log,
    });
    const running = runner.run(signal);
    return {
      stop: () => running,
      health: () => Promise.resolve(null),
    };
  },
});

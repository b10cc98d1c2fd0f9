import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '#db';
import { silentLogger } from '#kit';
import { prepareQueueStore } from '#queue';
import { buildWorkers } from '../../scripts/build.mjs';
import { startEmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';
import { createDatabase, withDatabase } from './admin.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { url: string; adminUrl: string; dataDir: string };
  }
}

export const TEMPLATE = 'arasul_template';

/** One real Postgres for the whole run, with a migrated template that each test file clones. */
export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  await buildWorkers('.cache/workers');
  const dataDir = await mkdtemp(join(tmpdir(), 'arasul-test-'));
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  await createDatabase(server.adminUrl, TEMPLATE);
  await migrate({ url: withDatabase(server.url, TEMPLATE), folder: 'postgres-init/migrations' });
  await prepareQueueStore({ url: withDatabase(server.url, TEMPLATE), log: silentLogger });
  provide('postgres', { url: server.url, adminUrl: server.adminUrl, dataDir });
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
};

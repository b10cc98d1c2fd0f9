import { parentPort, workerData } from 'node:worker_threads';
import { migrate, openDatabase } from '#db';
import { errorText, silentLogger } from '#kit';
import { prepareQueueStore } from '#queue';
import type { PrepareResult } from './prepare-database.ts';

const { migrationsDir } = workerData as { migrationsDir: string };

const prepare = async (url: string): Promise<PrepareResult> => {
  const applied = await migrate({ url, folder: migrationsDir });
  await prepareQueueStore({ url, log: silentLogger });
  const database = openDatabase({ url, log: silentLogger, max: 1 });
  try {
    const owner = await database.db.selectFrom('admin_users').select('id').limit(1).executeTakeFirst();
    return { ok: true, applied, setupRequired: owner === undefined };
  } finally {
    await database.close();
  }
};

parentPort?.once('message', (url: string) => {
  void prepare(url)
    .catch((error: unknown): PrepareResult => ({ ok: false, message: errorText(error) }))
    .then((result) => parentPort?.postMessage(result));
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, type Database } from '#db';
import { silentLogger } from '#kit';
import { startEmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';

export interface Scratch {
  database: Database;
  /** Of the server. */
  pid: number;
  dataDir: string;
}

/** Runs `work` against a new, migrated server with the settings of a box, durable writes included. */
export const withScratchDatabase = async <T>(work: (scratch: Scratch) => Promise<T>): Promise<T> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'arasul-bench-'));
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    await migrate({ url: server.url, folder: 'postgres-init/migrations' });
    const database = openDatabase({ url: server.url, log: silentLogger });
    try {
      return await work({ database, pid: server.pid, dataDir });
    } finally {
      await database.close();
    }
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

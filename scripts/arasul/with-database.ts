import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, openDatabase, type Database } from '#db';
import { errorText, silentLogger } from '#kit';
import type { LauncherConfig } from '../../services/launcher/config.ts';
import { dataFolder } from '../../services/launcher/data-folder.ts';
import { embeddedUrl, startEmbeddedPostgres } from '../../services/launcher/embedded-postgres.ts';
import { readLock, takeLock } from '../../services/launcher/lock.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';

interface Place {
  config: LauncherConfig;
  /** Where the product lies. */
  root: string;
  say: (line: string) => void;
}

const withOpen = async <T>(url: string, work: (database: Database) => Promise<T>): Promise<T> => {
  const database = openDatabase({ url, log: silentLogger, max: 2 });
  try {
    await database.ping().catch((error: unknown) => {
      throw new StartProblem(`The database does not answer: ${errorText(error)}`);
    });
    return await work(database);
  } finally {
    await database.close();
  }
};

const runningUrl = (dataDir: string): string => {
  try {
    return embeddedUrl(dataDir);
  } catch (error) {
    throw new StartProblem(`The secrets in ${dataDir} cannot be read (${errorText(error)}). Run this as the user that runs Arasul, or with sudo.`);
  }
};

/**
 * Runs `work` on the box's database: that of the running box, or, while it is stopped, one that is started for the occasion and that
 * keeps the box from starting meanwhile. Errors: `StartProblem`.
 */
export const withDatabase = async <T>({ config, root, say }: Place, work: (database: Database) => Promise<T>): Promise<T> => {
  if (config.databaseUrl !== undefined) return withOpen(config.databaseUrl, work);
  const folder = dataFolder(config.dataDir);
  if (!existsSync(join(config.dataDir, 'postgres')))
    throw new StartProblem(`There is no box in ${config.dataDir}. “npm start” makes one; ARASUL_DATA_DIR names another folder.`);
  if (readLock(folder.lockFile).state === 'running') return withOpen(runningUrl(config.dataDir), work);

  say('Arasul is not running; its database is started for this.');
  const release = takeLock(folder.lockFile, 'the command line');
  try {
    const server = await startEmbeddedPostgres({ dataDir: config.dataDir });
    try {
      await migrate({ url: server.url, folder: join(root, 'postgres-init', 'migrations') });
      return await withOpen(server.url, work);
    } finally {
      await server.stop();
    }
  } finally {
    release();
  }
};

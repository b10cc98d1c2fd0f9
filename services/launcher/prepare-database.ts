import { Worker } from 'node:worker_threads';
import { workerFile } from '#kit';
import { StartProblem } from './start-problem.ts';

export type PrepareResult = { ok: true; applied: string[]; setupRequired: boolean } | { ok: false; message: string };

export interface DatabasePreparation {
  /** Brings the schema at `url` up to this release. Errors: `StartProblem`. */
  run(url: string): Promise<{ applied: string[]; setupRequired: boolean }>;
  cancel(): Promise<void>;
}

/**
 * Loads what migrations need in a thread while the database starts; when it is done, the thread and its 20 MB are gone, which the launcher
 * would otherwise carry for as long as the box runs.
 */
export const beginDatabasePreparation = (migrationsDir: string): DatabasePreparation => {
  const worker = new Worker(workerFile('prepare-database'), { workerData: { migrationsDir } });
  const result = new Promise<PrepareResult>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', (error: Error) => resolve({ ok: false, message: error.message }));
  });
  return {
    async run(url) {
      worker.postMessage(url);
      const found = await result;
      await worker.terminate();
      if (found.ok) return found;
      throw new StartProblem(
        `The database could not be brought up to this release: ${found.message}\nNothing was lost. See docs/runbooks/database-migration.md.`,
      );
    },
    async cancel() {
      await worker.terminate();
    },
  };
};

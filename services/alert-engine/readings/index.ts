import type { Rule } from '#alerts';
import type { Db } from '#db';
import { createCertificateReader } from './certificates.ts';
import { createLogReader } from './logs.ts';
import { createForecastReader, createMetricsReader } from './metrics.ts';
import type { Read } from './read.ts';
import { readRows } from './rows.ts';
import { readServices } from './services.ts';

interface Needs {
  db: Db;
  stateFile: string | null;
  /** The folder of the box's logs; null where there is none. */
  logFolder: string | null;
}

/** Reads everything that rules can watch. What cannot be read is left out: silence is the engine's to judge. */
export const createReader = ({ db, stateFile, logFolder }: Needs) => {
  const readMetrics = createMetricsReader(db);
  const readForecast = createForecastReader(db);
  const readLogs = createLogReader(logFolder);
  const readCertificates = createCertificateReader();

  /** Everything that is new at `now`. Throws when the database is away. */
  return async (now: number, rules: readonly Rule[]): Promise<Read> => {
    const read: Read = new Map();
    await readServices(stateFile, read);
    await readMetrics(read, now);
    await readForecast(read, now);
    await readRows(db, read);
    await readLogs(read, rules);
    readCertificates(read, rules, now);
    return read;
  };
};

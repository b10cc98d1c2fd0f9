import { createDatabasePoint } from '#backup';
import { openDatabase } from '#db';
import { silentLogger } from '#kit';
import { createSettingsPoint, joinPoints, type RestorePoint } from '#updates';
import type { Order } from './protocol.ts';

/** Settings and the choice of models, which a roll-back puts back by itself, and the whole database with the keys. */
export const takeRestorePoint = async (
  { dataDir, databaseUrl: url, running }: Pick<Order, 'dataDir' | 'databaseUrl' | 'running'>,
  into: Parameters<RestorePoint['take']>[0],
): Promise<{ sizeBytes: number; parts: string[] }> => {
  const database = openDatabase({ url, log: silentLogger, max: 2 });
  try {
    return await joinPoints([createSettingsPoint(database), createDatabasePoint({ database, dataDir, url, version: running.version })]).take(into);
  } finally {
    await database.close();
  }
};

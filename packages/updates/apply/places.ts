import { join } from 'node:path';

/** Where updates keep what, inside a data folder. As scripts/bootstrap/bootstrap.mjs has it. */
export const updatePlaces = (dataDir: string) => ({
  dataDir,
  releases: join(dataDir, 'releases'),
  release: (version: string) => join(dataDir, 'releases', version),
  manifest: (version: string) => join(dataDir, 'releases', `${version}.json`),
  pointer: join(dataDir, 'releases', 'current.json'),
  /** Files of no use but their room: what a full disk needs for the way back. As scripts/bootstrap/bootstrap.mjs has it. */
  reserve: join(dataDir, 'releases', 'reserve'),
  journal: join(dataDir, 'updates', 'journal.jsonl'),
  trial: join(dataDir, 'updates', 'trial.json'),
  lock: join(dataDir, 'updates', 'lock'),
  /** Half a release, until it is whole. Thrown away after a cut. */
  staging: join(dataDir, 'updates', 'staging'),
  restorePoint: (updateId: string) => join(dataDir, 'updates', 'restore-points', updateId),
  /** Bundles that people send, whole or in part. */
  incoming: join(dataDir, 'updates', 'incoming'),
  incomingFile: (bundleId: string) => join(dataDir, 'updates', 'incoming', `${bundleId}.arasul`),
  trust: join(dataDir, 'trust'),
  stick: join(dataDir, 'stick'),
});
export type UpdatePlaces = ReturnType<typeof updatePlaces>;

import type { Env } from '#kit';
import { join } from 'node:path';
import { createFsObjectStore } from './fs-object-store.ts';
import { createS3ObjectStore } from './s3-object-store.ts';
import { readS3Target } from './s3-target.ts';
import type { ObjectStore } from './object-store.ts';

export { formatBytes } from './disk-space.ts';
export { createFsObjectStore } from './fs-object-store.ts';
export { pathOf, type ObjectStore, type ReceivedContent, type ReceiveOptions } from './object-store.ts';
export { createS3ObjectStore } from './s3-object-store.ts';
export { s3Target } from './s3-target.ts';

/** The box's originals: files of the data folder, or the bucket that `ARASUL_S3_URL` names. Errors: `configuration_invalid`, `part_away`. */
export const openObjectStore = async ({ env, dataDir, reserveBytes }: { env: Env; dataDir: string; reserveBytes: () => number }): Promise<ObjectStore> => {
  const target = readS3Target(env);
  return target === null
    ? createFsObjectStore({ folder: join(dataDir, 'objects'), reserveBytes })
    : createS3ObjectStore({ target, folder: join(dataDir, 'cache', 'objects'), reserveBytes });
};

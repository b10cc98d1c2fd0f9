import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the service takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(z.object({ ARASUL_DATA_DIR: z.string(), ARASUL_DATABASE_URL: z.string(), ARASUL_DATABASE_ADMIN_URL: z.string().optional() }), env);
  // Above dist/, where the entry of the process lies.
  const productDir = dirname(dirname(process.argv[1] ?? './dist/child.js'));
  return {
    dataDir: values.ARASUL_DATA_DIR,
    databaseUrl: values.ARASUL_DATABASE_URL,
    adminUrl: values.ARASUL_DATABASE_ADMIN_URL ?? null,
    productDir,
    // For the process that does the work: the variables of the object store, and no others.
    originals: Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('ARASUL_S3_'))),
    migrationsDir: join(productDir, 'postgres-init', 'migrations'),
  };
};

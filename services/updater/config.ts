import { dirname } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the updater takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATA_DIR: z.string(),
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_REDIS_URL: z.string().optional(),
      ARASUL_PORT: z.coerce.number().int().default(8080),
      ARASUL_STATE_FILE: z.string().optional(),
      ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
      ARASUL_RUNTIME_TOKEN: z.string().default(''),
    }),
    env,
  );
  return {
    dataDir: values.ARASUL_DATA_DIR,
    databaseUrl: values.ARASUL_DATABASE_URL,
    redisUrl: values.ARASUL_REDIS_URL,
    readyUrl: `http://127.0.0.1:${values.ARASUL_PORT}/health/ready`,
    stateFile: values.ARASUL_STATE_FILE ?? null,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    // Above dist/, where the entry of the process lies.
    productDir: dirname(dirname(process.argv[1] ?? './dist/child.js')),
  };
};

import { dirname } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** Of the bootstrap's patience: a trial that judges itself says which gate it was. */
const OF_THE_TRIAL = 0.9;

/** What the updater takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATA_DIR: z.string(),
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_REDIS_URL: z.string().optional(),
      ARASUL_PORT: z.coerce.number().int().default(8080),
      ARASUL_STATE_FILE: z.string().optional(),
      /** Where the system mounts sticks itself, each in a folder; without it they are looked for and mounted here. */
      ARASUL_STICKS_DIR: z.string().optional(),
      ARASUL_TRIAL_SECONDS: z.coerce.number().positive().default(300),
      ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
      ARASUL_RUNTIME_TOKEN: z.string().default(''),
    }),
    env,
  );
  return {
    dataDir: values.ARASUL_DATA_DIR,
    databaseUrl: values.ARASUL_DATABASE_URL,
    redisUrl: values.ARASUL_REDIS_URL,
    trialLimitMs: OF_THE_TRIAL * values.ARASUL_TRIAL_SECONDS * 1000,
    readyUrl: `http://127.0.0.1:${values.ARASUL_PORT}/health/ready`,
    stateFile: values.ARASUL_STATE_FILE ?? null,
    sticksDir: values.ARASUL_STICKS_DIR ?? null,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    // Above dist/, where the entry of the process lies.
    productDir: dirname(dirname(process.argv[1] ?? './dist/child.js')),
  };
};

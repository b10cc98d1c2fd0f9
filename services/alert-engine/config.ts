import { join } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the engine takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(z.object({ ARASUL_DATABASE_URL: z.string(), ARASUL_STATE_FILE: z.string().optional(), ARASUL_DATA_DIR: z.string().optional() }), env);
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    stateFile: values.ARASUL_STATE_FILE ?? null,
    logFolder: values.ARASUL_DATA_DIR === undefined ? null : join(values.ARASUL_DATA_DIR, 'logs'),
  };
};

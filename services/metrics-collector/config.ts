import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the collector takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      ARASUL_STATE_FILE: z.string().optional(),
      PATH: z.string().default(''),
    }),
    env,
  );
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    dataDir: values.ARASUL_DATA_DIR,
    stateFile: values.ARASUL_STATE_FILE ?? null,
    path: values.PATH,
  };
};

import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the engine takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(z.object({ ARASUL_DATABASE_URL: z.string(), ARASUL_STATE_FILE: z.string().optional() }), env);
  return { databaseUrl: values.ARASUL_DATABASE_URL, stateFile: values.ARASUL_STATE_FILE ?? null };
};

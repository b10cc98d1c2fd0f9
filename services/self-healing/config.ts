import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What self-healing takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      ARASUL_PORT: z.coerce.number().int().default(8080),
      ARASUL_HOST: z.string().optional(),
      ARASUL_REDIS_URL: z.string().optional(),
      ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
      ARASUL_RUNTIME_TOKEN: z.string().default(''),
      /** Where the launcher listens; absent when the service runs without one. */
      ARASUL_CONTROL_SOCKET: z.string().optional(),
      /** The first of the pauses between two tries to repair the same; each is twice the one before. */
      ARASUL_REPAIR_PAUSE_MS: z.coerce.number().int().positive().default(10_000),
    }),
    env,
  );
  const host = values.ARASUL_HOST;
  const loopback = host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    dataDir: values.ARASUL_DATA_DIR,
    url: `http://${loopback.includes(':') ? `[${loopback}]` : loopback}:${values.ARASUL_PORT}`,
    redisUrl: values.ARASUL_REDIS_URL,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    controlSocket: values.ARASUL_CONTROL_SOCKET ?? null,
    firstPauseMs: values.ARASUL_REPAIR_PAUSE_MS,
  };
};
export type HealingConfig = ReturnType<typeof readConfig>;

import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the queue's worker takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_REDIS_URL: z.string().optional(),
      ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
      ARASUL_RUNTIME_TOKEN: z.string().default(''),
      /** How long a model may be silent before it counts as hanging. */
      ARASUL_FIRST_TOKEN_TIMEOUT_MS: z.coerce.number().int().positive().default(240_000),
      ARASUL_NEXT_TOKEN_TIMEOUT_MS: z.coerce.number().int().positive().default(45_000),
      /** How long a runtime that is away is waited for. The launcher starts a dead one again within seconds. */
      ARASUL_RUNTIME_RETURN_MS: z.coerce.number().int().nonnegative().default(30_000),
      /** Where the launcher takes orders; absent when the service runs without one. */
      ARASUL_CONTROL_SOCKET: z.string().optional(),
      /** How long the index has to be quiet before the golden questions are asked of it again. */
      ARASUL_GOLDEN_QUIET_MS: z.coerce.number().int().nonnegative().default(120_000),
    }),
    env,
  );
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    redisUrl: values.ARASUL_REDIS_URL,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    // Loading a model and reading a long prompt take minutes on a small box; a token takes at most seconds.
    patience: { firstTokenMs: values.ARASUL_FIRST_TOKEN_TIMEOUT_MS, nextTokenMs: values.ARASUL_NEXT_TOKEN_TIMEOUT_MS },
    returnMs: values.ARASUL_RUNTIME_RETURN_MS,
    controlSocket: values.ARASUL_CONTROL_SOCKET ?? null,
    goldenQuietMs: values.ARASUL_GOLDEN_QUIET_MS,
  };
};

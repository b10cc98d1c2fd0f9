import { z } from 'zod';
import { TELEGRAM_ROOT } from '#clients';
import { readEnv, type Env } from '#kit';

/** What the bot takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      ARASUL_REDIS_URL: z.string().optional(),
      /** A Bot API server of one's own, where Telegram's is not to be used. */
      ARASUL_TELEGRAM_API: z.url().default(TELEGRAM_ROOT),
      /** How long Telegram holds a question for news open, in seconds. */
      ARASUL_TELEGRAM_POLL_S: z.coerce.number().int().min(0).max(50).default(25),
      ARASUL_DELIVERY_PAUSE_MS: z.coerce.number().int().positive().default(5_000),
    }),
    env,
  );
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    dataDir: values.ARASUL_DATA_DIR,
    redisUrl: values.ARASUL_REDIS_URL,
    apiRoot: values.ARASUL_TELEGRAM_API,
    pollSeconds: values.ARASUL_TELEGRAM_POLL_S,
    backoff: { firstMs: values.ARASUL_DELIVERY_PAUSE_MS, maxMs: 3_600_000 },
  };
};

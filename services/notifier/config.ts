import { z } from 'zod';
import { readEnv, type Env } from '#kit';

/** What the notifier takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      /** `1`: webhooks may go to programs on the box itself. */
      ARASUL_HOOKS_TO_LOOPBACK: z.enum(['0', '1']).default('0'),
      /** The first pause between two tries; each is twice the one before. */
      ARASUL_DELIVERY_PAUSE_MS: z.coerce.number().int().positive().default(5_000),
    }),
    env,
  );
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    dataDir: values.ARASUL_DATA_DIR,
    allowLoopback: values.ARASUL_HOOKS_TO_LOOPBACK === '1',
    backoff: { firstMs: values.ARASUL_DELIVERY_PAUSE_MS, maxMs: 3_600_000 },
  };
};

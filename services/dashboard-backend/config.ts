import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

const schema = z.object({
  ARASUL_DATA_DIR: z.string(),
  ARASUL_DATABASE_URL: z.string(),
  ARASUL_HOST: z.string().default('0.0.0.0'),
  ARASUL_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
  ARASUL_RUNTIME_TOKEN: z.string().default(''),
  ARASUL_REDIS_URL: z.string().optional(),
  /** The launcher's account of what runs; absent when the service runs without it. */
  ARASUL_STATE_FILE: z.string().optional(),
  /** A Bot API server of one's own, where Telegram's is not to be used. */
  ARASUL_TELEGRAM_API: z.url().optional(),
  /** `1`: webhooks may go to programs on the box itself. */
  ARASUL_HOOKS_TO_LOOPBACK: z.enum(['0', '1']).default('0'),
});

export interface BackendConfig {
  dataDir: string;
  databaseUrl: string;
  host: string;
  /** 0 asks for any free port. */
  port: number;
  stateFile: string | null;
  /** Our own model runtime; without its address nothing answers there. */
  runtime: { url: string; token: string };
  /** The built dashboard; null where there is none, as when the API runs from source. */
  publicDir: string | null;
  /** Where the product lies, with its README and docs. */
  productDir: string;
  /** Redis for the queues, where a box has grown past Postgres. */
  redisUrl: string | undefined;
  /** Whether messages may be sent to programs on the box itself. */
  allowLoopback?: boolean;
  /** The Bot API; Telegram's own, when it is left out. */
  telegramApi?: string | undefined;
}

/** Above dist/, where the entry of the process lies. */
const productFolder = (): string => dirname(dirname(process.argv[1] ?? './dist/child.js'));

/** Beside the entry of the process: dist/child.js and dist/public. */
const builtDashboard = (): string | null => {
  const folder = join(dirname(process.argv[1] ?? '.'), 'public');
  return existsSync(join(folder, 'index.html')) ? folder : null;
};

/** Errors: `configuration_invalid` with all problems at once. */
export const readConfig = (env: Env): BackendConfig => {
  const values = readEnv(schema, env);
  return {
    dataDir: values.ARASUL_DATA_DIR,
    databaseUrl: values.ARASUL_DATABASE_URL,
    host: values.ARASUL_HOST,
    port: values.ARASUL_PORT,
    stateFile: values.ARASUL_STATE_FILE ?? null,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    publicDir: builtDashboard(),
    productDir: productFolder(),
    redisUrl: values.ARASUL_REDIS_URL,
    telegramApi: values.ARASUL_TELEGRAM_API,
    allowLoopback: values.ARASUL_HOOKS_TO_LOOPBACK === '1',
  };
};

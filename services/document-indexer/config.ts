import { availableParallelism, totalmem } from 'node:os';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';
import type { PictureLimits } from './pictures/picture-reader.ts';
import type { ReadLimits } from './reading/reader.ts';

/** A page of a usual document takes 5 to 50 ms; one that takes this long will not end well. */
const PAGE_TIMEOUT_MS = 20_000;
const OPEN_TIMEOUT_MS = 60_000;
/** Thousands of pages on a slow box. */
const TOTAL_TIMEOUT_MS = 3_600_000;
/** Two threads read twice as fast as one; more would take the machine from the people who use it. */
const MAX_THREADS = 2;
const THREAD_HEAP_MB = 512;
const MAX_RSS_BYTES = 1.5 * 2 ** 30;
/** A full page takes 7 s on a small box, and a picture's process 300 MB; both vary with what is on the page. */
const PICTURE_TIMEOUT_MS = 120_000;
const PICTURE_RSS_BYTES = 2 ** 30;

/** What the indexer takes from the environment. Errors: `configuration_invalid`. */
export const readConfig = (env: Env) => {
  const values = readEnv(
    z.object({
      ARASUL_DATABASE_URL: z.string(),
      ARASUL_DATA_DIR: z.string(),
      ARASUL_REDIS_URL: z.string().optional(),
      ARASUL_RUNTIME_URL: z.string().default('http://127.0.0.1:9'),
      ARASUL_RUNTIME_TOKEN: z.string().default(''),
      ARASUL_PAGE_TIMEOUT_MS: z.coerce.number().int().positive().default(PAGE_TIMEOUT_MS),
    }),
    env,
  );
  const limits: ReadLimits = {
    openTimeoutMs: OPEN_TIMEOUT_MS,
    pageTimeoutMs: values.ARASUL_PAGE_TIMEOUT_MS,
    totalTimeoutMs: TOTAL_TIMEOUT_MS,
    threads: Math.min(MAX_THREADS, availableParallelism()),
    threadHeapMb: THREAD_HEAP_MB,
    maxRssBytes: Math.min(MAX_RSS_BYTES, 0.4 * totalmem()),
  };
  const pictureLimits: PictureLimits = { pageTimeoutMs: PICTURE_TIMEOUT_MS, maxRssBytes: Math.min(PICTURE_RSS_BYTES, 0.4 * totalmem()) };
  return {
    databaseUrl: values.ARASUL_DATABASE_URL,
    redisUrl: values.ARASUL_REDIS_URL,
    dataDir: values.ARASUL_DATA_DIR,
    runtime: { url: values.ARASUL_RUNTIME_URL, token: values.ARASUL_RUNTIME_TOKEN },
    limits,
    pictureLimits,
  };
};

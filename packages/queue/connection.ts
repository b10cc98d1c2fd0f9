import { Queue, Worker, withBackend, type Processor, type WorkerOptions } from 'bullmq';
import { createPostgresBackend, DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import { openPool } from '#db';
import type { Logger } from '#kit';

/** What BullMQ is asked for here, whichever store is behind it. */
export interface QueueConnection {
  queue(name: string): Queue;
  worker(name: string, processor: Processor, options: Pick<WorkerOptions, 'concurrency' | 'settings'>): Worker;
  close(): Promise<void>;
}

interface ConnectOptions {
  /** Postgres, where the jobs live unless Redis is named. */
  url: string;
  /** Redis or Valkey, for boxes that grow past one machine. */
  redisUrl?: string;
  log: Logger;
}

// A worker that was killed is noticed after its lock: 10 s, looked at every 5 s. BullMQ's own 30 s would leave a person waiting.
const WORKER_DEFAULTS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000, drainDelay: 5 } as const;

/** Each worker holds one connection that listens; the rest is for statements. */
const POOL_SIZE = 12;

/** Makes or brings up to date BullMQ's own tables. Needs the rights of the database's owner. */
export const prepareQueueStore = async ({ url, log }: Pick<ConnectOptions, 'url' | 'log'>): Promise<void> => {
  const pool = openPool({ url, schema: DEFAULT_SCHEMA, max: 1, log });
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
    await pool.end();
  }
};

/** Connects to the store of the queues; connections are made when first needed. */
export const connectQueues = ({ url, redisUrl, log }: ConnectOptions): QueueConnection => {
  const workers: Worker[] = [];
  const queues = new Map<string, Queue>();
  // Errors are the store's being away; BullMQ goes on by itself when it is back.
  const onError = (error: Error) => log.debug({ error }, 'the queue store does not answer');

  const pool = redisUrl ? null : openPool({ url, schema: DEFAULT_SCHEMA, max: POOL_SIZE, log });
  const onPostgres = withBackend(createPostgresBackend);
  const redis = redisUrl ? { url: redisUrl, maxRetriesPerRequest: null } : null;

  return {
    queue(name) {
      const known = queues.get(name);
      if (known) return known;
      const queue = (pool ? new onPostgres.Queue(name, { connection: pool }) : new Queue(name, { connection: redis! })) as Queue;
      queue.on('error', onError);
      queues.set(name, queue);
      return queue;
    },
    worker(name, processor, options) {
      const all = { ...WORKER_DEFAULTS, ...options };
      const worker = (
        pool ? new onPostgres.Worker(name, processor, { ...all, connection: pool }) : new Worker(name, processor, { ...all, connection: redis! })
      ) as Worker;
      worker.on('error', onError);
      workers.push(worker);
      return worker;
    },
    async close() {
      await Promise.allSettled(workers.map((worker) => worker.close()));
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      await pool?.end();
    },
  };
};

import type { Host } from '#kit';
import { connectQueues, type QueueConnection } from './connection.ts';

/** The process's one connection to the queues' store: Postgres, or Redis where one is named. */
export const sharedQueues = ({ share, log }: Pick<Host, 'share' | 'log'>, store: { url: string; redisUrl?: string }): QueueConnection =>
  share(
    'queues',
    () => connectQueues({ ...store, log }),
    (connection) => connection.close(),
  );

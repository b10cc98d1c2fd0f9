import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError, silentLogger } from '#kit';
import { connectQueues, createJobs, createJobWorker, defineJob, exponential, type QueueConnection } from '#queue';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { waitFor } from '../../test/support/wait.ts';

const define = (name: string) =>
  defineJob(name, { payload: z.object({ n: z.number() }), attempts: 3, backoffMs: exponential(10, { max: 50 }), timeoutMs: 5_000 });

describe('jobs on Postgres', () => {
  let database: TestDatabase;
  let connection: QueueConnection;
  const log = silentLogger;

  beforeAll(async () => {
    database = await createTestDatabase();
    connection = connectQueues({ url: database.url, log });
  });
  afterAll(async () => {
    await connection.close();
    await database.remove();
  });

  test('a job added in a transaction runs after the commit, and never after a rollback', async () => {
    const job = define('test.commit');
    const jobs = createJobs({ connection, log });
    const seen: number[] = [];
    createJobWorker({ connection, log }, job, async ({ n }) => void seen.push(n));
    await database.inTransaction((tx) => jobs.add(tx, job, { n: 1 }));
    await database
      .inTransaction(async (tx) => {
        await jobs.add(tx, job, { n: 2 });
        throw new Error('rolled back on purpose');
      })
      .catch(() => undefined);
    await jobs.add(database.db, job, { n: 3 });
    // What follows a commit is not awaited by it: the last job may come before the first.
    await waitFor(() => seen.includes(1) && seen.includes(3), { what: 'both jobs that were to run' });
    expect(seen.sort()).toEqual([1, 3]);
  });

  test('a failing job is tried again with its backoff, and a hopeless one is not', async () => {
    const job = define('test.retry');
    const jobs = createJobs({ connection, log });
    const attempts: number[] = [];
    const hopeless: number[] = [];
    createJobWorker({ connection, log }, job, async ({ n }, { attempt }) => {
      (n === 1 ? attempts : hopeless).push(attempt);
      if (n === 2) throw new AppError('document_encrypted', { message: 'It will not open next time either.' });
      if (attempt < 3) throw new Error('try again');
    });
    await jobs.add(database.db, job, { n: 2 });
    await jobs.add(database.db, job, { n: 1 });
    await waitFor(() => attempts.length === 3, { what: 'three tries' });
    expect(attempts).toEqual([1, 2, 3]);
    expect(hopeless).toEqual([1]);
  });

  test('a job of the same id waits only once, and the id is free again afterwards', async () => {
    const job = define('test.same');
    const jobs = createJobs({ connection, log });
    const seen: number[] = [];
    await jobs.add(database.db, job, { n: 1 }, { id: 'one' });
    await jobs.add(database.db, job, { n: 2 }, { id: 'one' });
    createJobWorker({ connection, log }, job, async ({ n }) => void seen.push(n));
    await waitFor(() => seen.length === 1);
    await waitFor(async () => {
      await jobs.add(database.db, job, { n: 3 }, { id: 'one' });
      return seen.includes(3);
    });
    expect(seen).not.toContain(2);
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { notify } from '#alerts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

const failed = { topic: 'backup.failed', severity: 'critical', title: { en: 'The backup failed.', de: 'Die Sicherung ist fehlgeschlagen.' } } as const;

test('what is told lies in the outbox with its transaction, and signals once', async () => {
  const notifier = database.notifier();
  await notifier.ready();
  let heard = 0;
  notifier.subscribe('notifications.added', ({ count }) => (heard += count));
  await expect(
    database.inTransaction(async (tx) => {
      await notify(tx, failed);
      throw new Error('taken back');
    }),
  ).rejects.toThrow('taken back');
  expect(await database.db.selectFrom('notifications').selectAll().execute()).toEqual([]);
  const id = await database.inTransaction((tx) => notify(tx, { ...failed, link: '/system/backups', details: { backup: 7 } }));
  await waitFor(() => heard === 1, { what: 'the signal' });
  expect(await database.db.selectFrom('notifications').selectAll().executeTakeFirst()).toMatchObject({
    id,
    ...failed,
    link: '/system/backups',
    spread_at: null,
  });
});

test('the same thing told twice is one row', async () => {
  const first = await notify(database.db, { ...failed, dedupeKey: 'backup:7:failed' });
  expect(first).not.toBeNull();
  expect(await notify(database.db, { ...failed, dedupeKey: 'backup:7:failed' })).toBeNull();
});

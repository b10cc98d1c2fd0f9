import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMaintenance, listOpenIssues, releaseMaintenance, requestRepair, takeMaintenance } from '#healing';
import { startBox, type Box } from '../support/box.ts';

describe('what others may rely on of self-healing', () => {
  let box: Box;
  beforeAll(async () => {
    box = await startBox();
  });
  afterAll(() => box.stop());

  test('the maintenance lock has one holder, is renewed by it, and ends by itself when the holder died', async () => {
    const { db } = box.database;
    await takeMaintenance(db, { name: 'update', holder: 'a', reason: '1.2.0', forMs: 60_000 });
    await expect(takeMaintenance(db, { name: 'update', holder: 'b', reason: '1.3.0', forMs: 60_000 })).rejects.toThrow('Another update is at work (a)');
    await takeMaintenance(db, { name: 'update', holder: 'a', reason: '1.2.0', forMs: 90_000 });
    expect(await findMaintenance(db)).toMatchObject({ name: 'update', holder: 'a' });
    await releaseMaintenance(db, { name: 'update', holder: 'b' });
    expect(await findMaintenance(db)).not.toBeNull();
    await releaseMaintenance(db, { name: 'update', holder: 'a' });
    expect(await findMaintenance(db)).toBeNull();
    await takeMaintenance(db, { name: 'update', holder: 'died', reason: '', forMs: -1 });
    expect(await findMaintenance(db)).toBeNull();
    await takeMaintenance(db, { name: 'update', holder: 'next', reason: '', forMs: 60_000 });
    expect(await findMaintenance(db)).toMatchObject({ holder: 'next' });
    await releaseMaintenance(db, { name: 'update', holder: 'next' });
  });

  test('a repair is asked for once, only for an open issue, and only one that may cure it', async () => {
    const { db } = box.database;
    const { id } = await db
      .insertInto('healing_issues')
      .values({ check_id: 'disk.space', subject: '/', severity: 'CRITICAL', description: 'The disk is full.' })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await listOpenIssues(db))[0]).toMatchObject({ id, suggestions: [{ fixup: 'disk.free', automatic: true }] });
    const ask = (suggestion: string) => box.database.inTransaction((tx) => requestRepair(tx, { issueId: id, suggestion, by: 'mara' }));
    const first = await ask('disk.free');
    expect(first).toMatchObject({ status: 'requested', askedBy: 'mara', attempt: 1 });
    expect((await ask('disk.free')).id).toBe(first.id);
    await expect(ask('gpu.reset')).rejects.toThrow('“gpu.reset” is no repair for this. Known: disk.free.');
    await db.updateTable('healing_issues').set({ closed_at: new Date() }).where('id', '=', id).execute();
    await expect(ask('disk.free')).rejects.toThrow('is over');
    expect(await listOpenIssues(db)).toEqual([]);
  });
});

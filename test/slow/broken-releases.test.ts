import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breaksAMigration, doesNotStart, hangs, startsAndDies } from '../support/broken-releases.ts';
import { BASE, startUpdatableBox, type UpdatableBox } from '../support/real-releases.ts';

/** Recall lost is in test/e2e/real-update.test.ts, which every run has. */
describe('A15 M7 releases of the real product, broken on purpose, on a box that runs', () => {
  let box: UpdatableBox;
  beforeAll(async () => {
    box = await startUpdatableBox({ env: { ARASUL_TRIAL_READY_SECONDS: '8' } });
  }, 300_000);
  afterAll(() => box?.stop());

  test.each([
    ['does not start', '0.1.2', () => doesNotStart, /^start$/, /ended with code 1/, /built wrongly/],
    ['starts and dies', '0.1.3', startsAndDies, /^(?:services|steady|start|patience|canary|recall)$/, /stay up|ended/, /out of luck|ended/],
    ['hangs', '0.1.4', () => hangs, /^ready$/, /not ready within 8 s/, null],
    ['breaks a migration', '0.1.5', () => breaksAMigration, /^start$/, /ended with code 1/, /could not be brought up to this release/],
  ] as const)('one that %s goes back by itself, with the reason and the log', async (what, version, changes, check, reason, log) => {
    const { verdict, figures } = await box.update(await box.makeRelease(version, changes()));
    console.log(`${what}: ${JSON.stringify(figures)} ${verdict.check}: ${verdict.reason}`);
    expect(verdict).toMatchObject({ state: 'rolled_back', from: version, to: BASE });
    expect(verdict.check).toMatch(check);
    expect(verdict.reason).toMatch(reason);
    if (log) expect(verdict.logLines!.join('\n')).toMatch(log);
    expect(await box.settled(version)).toMatchObject({ success: true, error_message: null });
    expect(await box.call('GET', '/updates', { as: box.token })).toMatchObject({ version: BASE, onTrial: false });
    await box.inDatabase(async (db) => {
      await expect(
        db
          .selectFrom('half_done' as never)
          .selectAll()
          .execute(),
      ).rejects.toThrow(/does not exist/);
    });
    expect((await box.askGolden()).foundAt5).toBe(1);
  });
});

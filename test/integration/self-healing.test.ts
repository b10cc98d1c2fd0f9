import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CanaryAnswer } from '#canary';
import { createLauncherControl, type LauncherControl } from '#clients';
import { defaultSettings, type Settings } from '#contracts';
import { releaseMaintenance, requestRepair, takeMaintenance } from '#healing';
import { silentLogger, systemClock } from '#kit';
import { createBox, type Box as Launched } from '../../services/launcher/box.ts';
import { openControl } from '../../services/launcher/control.ts';
import type { Part } from '../../services/launcher/part.ts';
import { processDown } from '../../services/self-healing/checks/process-down.ts';
import { fixups } from '../../services/self-healing/fixups/index.ts';
import { startHealer, type Healer } from '../../services/self-healing/healer.ts';
import { defineCheck, type Check, type Found, type Needs } from '../../services/self-healing/types.ts';
import { startBox, type Box } from '../support/box.ts';
import { quietLauncher } from '../support/quiet-launcher.ts';
import { waitFor } from '../support/wait.ts';

const alive: CanaryAnswer = {
  ok: true,
  question: 'q',
  expected: '41 minutes',
  cited: 'needs 41 minutes',
  page: 1,
  tookMs: 5,
  answeredBy: 'passages',
  reason: null,
};

/** A part of the launcher that is no process: ready at once, until it is stopped or told to fail. */
const createToy = (name: string) => {
  const toy = { pid: 1000, fails: false, end: (_how: string): void => undefined };
  const part: Part = {
    name,
    services: [name],
    start() {
      if (toy.fails) return Promise.reject(new Error(`${name} stopped: it is broken`));
      toy.pid += 1;
      const exited = new Promise<string>((resolve) => (toy.end = resolve));
      return Promise.resolve({ pid: toy.pid, exited, stop: () => Promise.resolve(toy.end('was stopped')), heardAt: () => null, vitals: () => null });
    },
  };
  return { toy, part };
};

describe('A8 self-healing on real rows', () => {
  let box: Box;
  let launched: Launched;
  let control: LauncherControl;
  let door: { close(): Promise<void> };
  let healer: Healer | undefined;
  let settings: Settings;
  let canaryOk = true;
  const worker = createToy('worker');

  beforeAll(async () => {
    box = await startBox();
    launched = createBox({
      state: { update: () => undefined, complain: () => undefined },
      ...quietLauncher,
    });
    await launched.start(worker.part);
    const socket = join(box.dataDir, 'control.sock');
    door = await openControl({ box: launched, onHealerBeat: () => undefined, socket });
    control = createLauncherControl(socket);
  });
  beforeEach(async () => {
    settings = structuredClone(defaultSettings);
    canaryOk = true;
    for (const table of ['healing_repairs', 'healing_issues', 'self_healing_events', 'service_holds'] as const)
      await box.database.db.deleteFrom(table).execute();
  });
  afterAll(async () => {
    await healer?.stop();
    await door.close();
    await launched.stop();
    await box.stop();
  });

  const start = (checks: readonly Check[]): void => {
    const needs: Needs = {
      database: box.database,
      control,
      held: async () => new Set((await box.rows('service_holds')).map((row) => String(row.service_name))),
      runtime: { models: () => Promise.resolve([]) },
      runtimeTarget: () => ({ url: 'http://127.0.0.1:9', dialect: 'arasul' }),
      retriever: null,
      canary: () => Promise.resolve(canaryOk ? alive : { ...alive, ok: false, cited: null, reason: 'The answer cites nothing.' }),
      askModel: () => Promise.resolve(1),
      settings: () => settings,
      dataDir: box.dataDir,
      url: box.url,
      clock: systemClock,
      log: silentLogger,
    };
    healer = startHealer({
      needs,
      database: box.database,
      notifier: box.database.notifier(),
      control,
      firstPauseMs: 5,
      clock: systemClock,
      log: silentLogger,
      checks,
      fixups,
    });
  };
  const stop = async (): Promise<void> => {
    await healer?.stop();
    healer = undefined;
  };
  const steps = async (): Promise<unknown[]> =>
    (await box.database.db.selectFrom('self_healing_events').selectAll().where('issue_id', 'is not', null).orderBy('id').execute()).map(
      ({ step, severity, action_taken: action }) => [step, severity, action],
    );
  const issue = async () => (await box.rows('healing_issues'))[0];
  const issueIs = (status: string) => waitFor(async () => (await issue())?.status === status, { what: `the issue to be ${status}`, timeoutMs: 30_000 });
  const quickly: Check = { ...processDown, everyMs: 100, after: 1 };

  /** Something that is wrong for as long as `wrong` says. */
  const checkThat = (wrong: () => Partial<Found> | null): Check =>
    defineCheck({
      id: 'memory.growth',
      everyMs: 50,
      async look() {
        const found = wrong();
        return found ? [{ subject: 'worker', severity: 'CRITICAL', description: 'It is broken.', evidence: {}, ...found }] : [];
      },
    });

  test('A8 a part that was given up is started again, proven by its check and the test question; raise, action and outcome are rows', async () => {
    worker.toy.fails = true;
    worker.toy.end('was killed');
    await waitFor(() => launched.parts()[0]!.state === 'restarting', { what: 'the part to be away' });
    start([quickly]);
    await waitFor(async () => (await issue()) !== undefined, { what: 'the issue' });
    worker.toy.fails = false;
    await issueIs('healed');
    const rows = await steps();
    expect(rows[0]).toEqual(['raise', 'WARNING', null]);
    expect(rows.at(-2)).toEqual(['action', 'WARNING', 'service.restart']);
    expect(rows.at(-1)).toEqual(['outcome', 'INFO', 'service.restart']);
    expect((await box.rows('healing_repairs', { status: 'proven' }))[0]).toMatchObject({ asked_by: null, proof: { ok: true, canary: 'needs 41 minutes' } });
    const restarts = await waitFor(
      async () => {
        const found = await box.rows('service_restarts');
        return found.length >= 2 && found.every(({ ready_at }) => ready_at !== null || found.indexOf(found.at(-1)!) > 0) ? found : null;
      },
      { what: 'the restarts as rows' },
    );
    expect(restarts.some(({ reason }) => String(reason).includes('was killed'))).toBe(true);
    await stop();
  });

  test('A8 M5 a repair after which the test question fails is not healed', async () => {
    canaryOk = false;
    let repairs = 0;
    start([checkThat(() => ((repairs += 1) % 2 === 1 ? { evidence: { waiting: 3 } } : null))]);
    // The check sees it, then not: what fails is the proof by the question.
    await waitFor(async () => (await box.rows('healing_repairs', { status: 'failed' })).length > 0, { what: 'a repair to fail', timeoutMs: 60_000 });
    expect((await box.rows('healing_repairs', { status: 'failed' }))[0]!.reason).toContain('did not get its known citation');
    expect(await steps()).toContainEqual(['outcome', 'WARNING', 'service.restart']);
    await stop();
  });

  test('A8 what does not get well is tried five times, then a person is told, and nothing more is done', async () => {
    const { id } = await box.database.db
      .insertInto('healing_issues')
      .values({ check_id: 'memory.growth', subject: 'worker', severity: 'CRITICAL', description: 'Stuck.' })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (let n = 0; n < 5; n += 1) {
      const at = new Date(Date.now() - 3_600_000 + n);
      await box.database.db
        .insertInto('healing_repairs')
        .values({
          issue_id: id,
          fixup: 'service.restart',
          subject: 'worker',
          status: 'failed',
          attempt: n + 1,
          created_at: at,
          started_at: at,
          finished_at: at,
        })
        .execute();
    }
    start([checkThat(() => ({}))]);
    await issueIs('escalated');
    expect(await box.rows('healing_repairs')).toHaveLength(5);
    expect((await steps()).at(-1)).toEqual(['outcome', 'CRITICAL', 'escalated']);
    await stop();
  });

  test('A8 a cause that no repair can cure goes to a person at once', async () => {
    start([checkThat(() => ({ incurable: 'Port 80 is taken by another program.' }))]);
    await issueIs('escalated');
    expect(await box.rows('healing_repairs')).toEqual([]);
    await stop();
  });

  test('nothing is repaired while an update holds the lock, and what was asked for meanwhile is refused', async () => {
    await takeMaintenance(box.database.db, { name: 'update', holder: 'updater', reason: '2.0.0', forMs: 60_000 });
    let looks = 0;
    start([checkThat(() => ((looks += 1), {}))]);
    await waitFor(() => looks > 2, { what: 'some looks' });
    expect(await box.rows('healing_repairs')).toEqual([]);
    const { id } = (await issue())!;
    await box.database.inTransaction((tx) => requestRepair(tx, { issueId: String(id), suggestion: 'service.restart', by: 'mara' }));
    await waitFor(async () => (await box.rows('healing_repairs'))[0]?.status === 'refused', { what: 'the refusal' });
    await releaseMaintenance(box.database.db, { name: 'update', holder: 'updater' });
    await stop();
  });

  test('what a person stopped stays stopped, and is started when they say so', async () => {
    await box.database.db.insertInto('service_holds').values({ service_name: 'worker', held_by: 'mara' }).execute();
    start([quickly]);
    await waitFor(() => launched.parts()[0]!.state === 'stopped', { what: 'the part to stop' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await issue()).toBeUndefined();
    expect(launched.parts()[0]!.state).toBe('stopped');
    await box.database.db.deleteFrom('service_holds').execute();
    await waitFor(() => launched.parts()[0]!.state === 'ready', { what: 'the part to run again' });
    await stop();
  });

  test('asked first, a repair waits for a word; what is over by itself needs none', async () => {
    settings.healing.repairs = 'ask';
    let wrong = true;
    start([checkThat(() => (wrong ? {} : null))]);
    await issueIs('escalated');
    expect(await box.rows('healing_repairs')).toMatchObject([{ status: 'waiting', fixup: 'service.restart' }]);
    wrong = false;
    await issueIs('gone');
    expect(await box.rows('healing_repairs')).toMatchObject([{ status: 'dismissed' }]);
    await stop();
  });
});

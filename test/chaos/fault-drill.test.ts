import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLauncherControl } from '#clients';
import { defaultSettings } from '#contracts';
import { silentLogger, systemClock } from '#kit';
import { createBox, type Box as Launched } from '../../services/launcher/box.ts';
import { childPart } from '../../services/launcher/child-part.ts';
import { openControl } from '../../services/launcher/control.ts';
import { createDrills } from '../../services/self-healing/drill/runner.ts';
import { startBox, type Box } from '../support/box.ts';
import { quietLauncher } from '../support/quiet-launcher.ts';

const never = new AbortController().signal;
/** A real process that gives signs of life, as the services' processes do. */
const BEATING = `process.on('message', () => process.send({ type: 'ready' }));
setInterval(() => process.send({ type: 'beat', loopMeanMs: 0, loopMaxMs: 0, rssBytes: 0 }), 200);`;

describe('M15 fault drill', () => {
  const folder = mkdtempSync(join(tmpdir(), 'arasul-drill-'));
  let box: Box;
  let launched: Launched;
  let door: { close(): Promise<void> };
  let asked = 0;

  beforeAll(async () => {
    box = await startBox();
    writeFileSync(join(folder, 'beating.mjs'), BEATING);
    launched = createBox({
      state: { update: () => undefined, complain: () => undefined },
      ...quietLauncher,
    });
    await launched.start(
      childPart({
        name: 'worker',
        services: ['worker'],
        entry: join(folder, 'beating.mjs'),
        processEnv: { PATH: process.env.PATH },
        env: () => ({}),
        logFile: join(folder, 'worker.log'),
        onHealth: () => undefined,
      }),
    );
    door = await openControl({ box: launched, onHealerBeat: () => undefined, socket: join(folder, 'control.sock') });
  });
  afterAll(async () => {
    await door.close();
    await launched.stop();
    await box.stop();
    rmSync(folder, { recursive: true });
  });

  test('M15 a part is killed and frozen; when it was noticed, well again and proven stands in the table that the API gives', async () => {
    const owner = await box.owner();
    const begun = await box.request('POST', '/api/v1/healing/drills', { as: owner });
    expect(begun.status).toBe(202);
    expect((await box.request('POST', '/api/v1/healing/drills', { as: owner })).status).toBe(409);
    const drills = createDrills({
      database: box.database,
      notifier: box.database.notifier(),
      control: createLauncherControl(join(folder, 'control.sock')),
      canary: () => {
        asked += 1;
        return Promise.resolve({ ok: true, question: 'q', expected: 'e', cited: 'e', page: 1, tookMs: 1, answeredBy: 'passages', reason: null });
      },
      held: () => Promise.resolve(new Set()),
      settings: () => defaultSettings,
      clock: systemClock,
      log: silentLogger,
    });
    await drills.run(never);
    const { body } = await box.request('GET', '/api/v1/healing/drills', { as: owner });
    expect(body.items[0]).toMatchObject({ id: begun.body.id, status: 'done', requestedBy: 'owner' });
    expect(body.items[0].steps.map(({ fault, part, status }: Record<string, string>) => [fault, part, status])).toEqual([
      ['stop', 'worker', 'passed'],
      ['freeze', 'worker', 'passed'],
    ]);
    for (const step of body.items[0].steps) {
      expect(step.restored).toBe(true);
      expect(step.detectedMs).toBeLessThanOrEqual(step.healedMs);
      expect(step.healedMs).toBeLessThanOrEqual(step.provenMs);
    }
    expect(asked).toBe(2);
    expect(launched.parts()[0]).toMatchObject({ state: 'ready', restarts: 2 });
  });
});

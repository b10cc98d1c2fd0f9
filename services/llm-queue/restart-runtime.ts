import { createLauncherControl } from '#clients';
import { systemClock } from '#kit';
import type { RestartRuntime } from './turn.ts';

/** What the launcher calls the built-in runtime. */
const PART = 'model-runtime';
const LOOK_MS = 250;

/** Has the launcher start the built-in runtime again, and waits for the new process to be ready, `returnMs` at most. */
export const createRestartRuntime = (controlSocket: string, returnMs: number): RestartRuntime => {
  const control = createLauncherControl(controlSocket);
  const look = async () => (await control.list()).find(({ name }) => name === PART);
  return async (reason) => {
    const before = await look();
    if (!before) return;
    await control.restart(PART, { by: 'llm-queue', reason });
    const until = systemClock.now() + returnMs;
    while (systemClock.now() < until) {
      const now = await look();
      if (now?.state === 'ready' && now.pid !== before.pid) return;
      await systemClock.sleep(LOOK_MS);
    }
  };
};

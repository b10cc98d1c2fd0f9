import type { RunningPart } from './part.ts';
import { createProcessLook } from './process-look.ts';
import { nextSilence, silenceLimitMs, type Silence } from './silence.ts';

const LOOK_EVERY_MS = 1_000;

const STATES: Record<string, string> = { T: 'it is stopped', t: 'it is stopped', D: 'it waits for a disk', R: 'it works without a pause' };

/**
 * Watches a running part for signs of life, and calls `onHung` once, with the reason as the rest of the sentence "core …", when it has been
 * silent for longer than a process in its state may be.
 */
export const watchSilence = (running: RunningPart, onHung: (reason: string) => void): (() => void) => {
  const look = createProcessLook(running.pid);
  let silence: Silence | null = null;
  const timer = setInterval(() => {
    const heardAt = running.heardAt();
    if (heardAt === null) return;
    const now = performance.now();
    const process = look();
    silence = nextSilence(silence, heardAt, now);
    const silentMs = now - silence.since;
    if (silentMs <= silenceLimitMs(process)) return;
    clearInterval(timer);
    const how = STATES[process.state ?? ''] ?? 'it waits for something that does not come';
    onHung(`has not answered for ${Math.round(silentMs / 1000)} s (${how}) and was ended`);
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};

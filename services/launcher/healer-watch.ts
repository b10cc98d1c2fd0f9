import type { Box } from './box.ts';

/** Its rounds are seconds apart; a check may wait for a minute. */
const SILENT_MS = 3 * 60_000;
const LOOK_EVERY_MS = 10_000;
const HEALER = 'self-healing';

interface Healer {
  /** Monotonic time of its last word in this life of its process; null before the first. */
  beatAt: number | null;
  pid: number | null;
}

/** Whether the healer has to be started again: it has spoken in this life of its process, and has fallen silent while the process goes on. */
export const isHealerSilent = ({ beatAt }: Healer, now: number): boolean => beatAt !== null && now - beatAt > SILENT_MS;

/** Who heals the healer: when it stops looking while its process lives, the process is started again. */
export const watchHealer = (box: Pick<Box, 'parts' | 'restart'>): { beat(): void; stop(): void } => {
  let healer: Healer = { beatAt: null, pid: null };
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // Whoever slept knows nothing of the others.
    if (now - lookedAt > 3 * LOOK_EVERY_MS) healer = { ...healer, beatAt: healer.beatAt && now };
    lookedAt = now;
    const part = box.parts().find(({ services }) => services.includes(HEALER));
    if (!part || part.state !== 'ready') return void (healer = { beatAt: null, pid: null });
    if (part.pid !== healer.pid) healer = { beatAt: null, pid: part.pid };
    if (!isHealerSilent(healer, now)) return;
    healer = { beatAt: null, pid: null };
    box.restart(HEALER, { by: 'launcher', reason: 'Self-healing has not looked at anything for 3 minutes.' });
  }, LOOK_EVERY_MS).unref();
  return {
    beat() {
      healer = { ...healer, beatAt: performance.now() };
    },
    stop: () => clearInterval(timer),
  };
};

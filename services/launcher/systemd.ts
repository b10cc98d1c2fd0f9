import { execFile } from 'node:child_process';
import { z } from 'zod';
import { readEnv, type Env } from '#kit';

const environment = z.object({
  NOTIFY_SOCKET: z.string().optional(),
  /** Microseconds after which systemd takes a silent service for a dead one. */
  WATCHDOG_USEC: z.coerce.number().optional(),
});

/** Node cannot write to a datagram socket, so systemd's own small program does. */
const tell = (...words: string[]): void => {
  execFile('systemd-notify', words, () => undefined);
};

/**
 * Tells systemd that the box is ready, and then regularly that the launcher lives: a launcher that hangs is started again by it. Does nothing
 * where systemd did not start us.
 */
export const notifySystemd = (env: Env): { stop(): void } => {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: watchdogUs } = readEnv(environment, env);
  if (!socket) return { stop: () => undefined };
  tell('--ready');
  if (!watchdogUs) return { stop: () => undefined };
  // Three words within the time that systemd allows, as its manual advises to send at least two.
  const timer = setInterval(() => tell('WATCHDOG=1'), watchdogUs / 3_000).unref();
  return {
    stop() {
      clearInterval(timer);
      tell('--stopping');
    },
  };
};

import { connect } from 'node:net';
import { join } from 'node:path';

const ASK_EVERY_MS = 3_000;
/** “May we speak TLS?”, the one question that a server answers before it knows who asks: length 8, code 80877103. */
const QUESTION = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const ask = (socket: string, onAnswer: () => void): void => {
  const line = connect(socket);
  line.setTimeout(ASK_EVERY_MS - 500, () => line.destroy());
  line.once('connect', () => line.write(QUESTION));
  line.once('data', () => {
    onAnswer();
    line.destroy();
  });
  line.once('error', () => line.destroy());
};

export interface SignOfLife {
  /** Monotonic time of the last answer. */
  heardAt(): number;
  stop(): void;
}

/**
 * Asks the server that listens in `socketDir` every few seconds whether it still takes connections. Those that are open go on when the
 * postmaster is frozen, so that nobody else would notice until the next one is needed.
 */
export const watchPostgres = (socketDir: string): SignOfLife => {
  let heardAt = performance.now();
  const timer = setInterval(() => ask(join(socketDir, '.s.PGSQL.5432'), () => (heardAt = performance.now())), ASK_EVERY_MS).unref();
  return { heardAt: () => heardAt, stop: () => clearInterval(timer) };
};

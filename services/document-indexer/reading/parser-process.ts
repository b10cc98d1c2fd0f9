import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import type { Logger } from '#kit';

/** Thread heaps are limited one by one; this is the main thread's, which holds one segment. */
const MAIN_HEAP_MB = 512;
const PAGE_BYTES = 4096;

const lower = (pid: number): void => {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system has no such thing.
  }
};

/** What any process of ours may tell instead of an answer. */
interface Failure {
  readonly type: 'failed';
  readonly message: string;
}

/** A process apart that takes orders and tells events. */
export interface ParserProcess<Order, Event> {
  send(order: Order): void;
  /** One listener at a time hears the process; `failed` is also told when it ends. */
  listen(listener: ((event: Event | Failure) => void) | undefined): void;
  /** Resident bytes, or 0 where the system does not tell. */
  rssBytes(): Promise<number>;
  readonly hasEnded: boolean;
  kill(): void;
}

/** Starts a parser process from its bundle. A polite one takes only what time nobody else wants. */
export const startParserProcess = <Order extends object, Event>(entry: string, log: Logger, { polite = false } = {}): ParserProcess<Order, Event> => {
  const child: ChildProcess = spawn(process.execPath, [`--max-old-space-size=${MAIN_HEAP_MB}`, '--no-warnings', entry], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Nothing of ours: no database, no token.
    env: {},
  });
  if (polite && child.pid !== undefined) lower(child.pid);
  let heard: ((event: Event | Failure) => void) | undefined;
  let hasEnded = false;
  let complaint = '';
  const fail = (message: string): void => {
    hasEnded = true;
    heard?.({ type: 'failed', message });
  };
  child.on('message', (event) => heard?.(event as Event));
  child.stderr!.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2_000)));
  child.on('error', (error) => fail(`The parser could not be started (${error.message}).`));
  child.on('exit', (code, killedBy) => {
    if (complaint !== '') log.warn({ complaint, code, killedBy }, 'the parser complained');
    fail(`The parser ended unexpectedly (${killedBy ?? `code ${code}`}).`);
  });
  return {
    send(order) {
      child.send(order, (error) => {
        if (error !== null) fail(`The parser could not be reached (${error.message}).`);
      });
    },
    listen(listener) {
      heard = listener;
    },
    async rssBytes() {
      const statm = await readFile(`/proc/${child.pid}/statm`, 'utf8').catch(() => '');
      return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
    },
    get hasEnded() {
      return hasEnded;
    },
    kill() {
      hasEnded = true;
      heard = undefined;
      child.kill('SIGKILL');
    },
  };
};

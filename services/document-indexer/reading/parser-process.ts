import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Logger } from '#kit';
import type { ParserOrder, ReadEvent } from '../parser/protocol.ts';

/** Thread heaps are limited one by one; this is the main thread's, which holds one segment. */
const MAIN_HEAP_MB = 512;
const PAGE_BYTES = 4096;

export interface ParserProcess {
  send(order: ParserOrder): void;
  /** One listener at a time hears the process; `failed` is also told when it ends. */
  listen(listener: ((event: ReadEvent) => void) | undefined): void;
  /** Resident bytes, or 0 where the system does not tell. */
  rssBytes(): Promise<number>;
  readonly hasEnded: boolean;
  kill(): void;
}

/** Starts a parser process from its bundle. */
export const startParserProcess = (entry: string, log: Logger): ParserProcess => {
  const child: ChildProcess = spawn(process.execPath, [`--max-old-space-size=${MAIN_HEAP_MB}`, '--no-warnings', entry], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Nothing of ours: no database, no token.
    env: {},
  });
  let heard: ((event: ReadEvent) => void) | undefined;
  let hasEnded = false;
  let complaint = '';
  const fail = (message: string): void => {
    hasEnded = true;
    heard?.({ type: 'failed', message });
  };
  child.on('message', (event: ReadEvent) => heard?.(event));
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

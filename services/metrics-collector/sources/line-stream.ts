import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { exponentialBackoffMs, type Logger } from '#kit';

const FIRST_RESTART_MS = 5_000;
/** A driver may be loaded later, so it is never given up; once in ten minutes costs nothing. */
const LAST_RESTART_MS = 600_000;

export interface LineStream {
  close(): void;
}

interface Options {
  command: string;
  args: string[];
  onLine: (line: string) => void;
  log: Logger;
}

/**
 * Keeps one long-running tool alive and hands over its lines. One process for years, where a call for each sample would
 * load the driver's library 17,280 times a day. When we are killed, the tool ends at its next line: nobody reads its pipe.
 */
export const openLineStream = ({ command, args, onLine, log }: Options): LineStream => {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let failures = 0;

  const start = () => {
    let lines = 0;
    let complaint = '';
    const current = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = current;
    createInterface({ input: current.stdout }).on('line', (line) => {
      lines += 1;
      failures = 0;
      onLine(line);
    });
    current.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-500)));
    let ended = false;
    const onEnd = (reason: string) => {
      if (closed || ended) return; // 'error' and 'close' may both come
      ended = true;
      failures += 1;
      const againInMs = exponentialBackoffMs(failures, { firstMs: FIRST_RESTART_MS, maxMs: LAST_RESTART_MS });
      log.warn({ command, reason, complaint: complaint.trim(), lines, againInMs }, 'a sensor tool ended');
      timer = setTimeout(start, againInMs);
      timer.unref();
    };
    current.on('error', (error) => onEnd(error.message));
    current.on('close', (code, signal) => onEnd(`exit ${code ?? signal ?? 'unknown'}`));
  };

  start();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
};

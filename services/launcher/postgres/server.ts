import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';

interface ServerOptions {
  postgres: string;
  folder: string;
  logFile: string;
  account: Account;
  /** Told once, when the start takes longer than usual. */
  onSlow: () => void;
}

export interface Server {
  pid: number;
  /** Resolves when the server is gone, whatever ended it. */
  exited: Promise<string>;
  stop(): Promise<void>;
}

const POLL_MS = 10;
const SLOW_START_MS = 2_000;
const FAST_STOP_MS = 30_000; // a fast stop writes one checkpoint; half a minute is a very slow disk
const HARD_STOP_MS = 5_000;

/**
 * Waits on a pipe that the launcher holds, beside the server. A line means "all is well, go"; the end of the pipe without one means
 * that the launcher is gone, even by kill -9: then the server is asked for a fast stop. The watcher is a grandchild, so that the
 * server itself is the launcher's own child and never has a child that it does not know.
 */
const GUARD = '( ( read -r _ <&3 || kill -INT $$ ) & ); exec 3<&-; exec "$@"';

/**
 * Starts the server on a prepared cluster and resolves when it takes connections (after crash recovery, when one is due).
 * Errors: `Error` with the server's own last words when it ends instead.
 */
export async function startServer({ postgres, folder, logFile, account, onSlow }: ServerOptions): Promise<Server> {
  const logStart = existsSync(logFile) ? statSync(logFile).size : 0;
  const log = openSync(logFile, 'a', 0o600);
  const { file, args, identity } = account.command(postgres, ['-D', folder]);
  // A session of its own: neither Ctrl-C in the terminal nor a kill of the launcher's process group reaches the server.
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', file, ...args], {
    ...identity,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });
  const leash = child.stdio[3] as Writable;
  closeSync(log);
  let gone = false;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `ended with code ${code}`));
  }).then((how) => {
    gone = true;
    leash.on('error', () => undefined); // the watcher may be gone as well
    leash.end('\n');
    return how;
  });

  const began = Date.now();
  for (let slow = false; !isReady(folder, child.pid); await sleep(POLL_MS)) {
    if (gone) throw new Error(`PostgreSQL ${await exited} while it started: ${lastWords(logFile, logStart)}`);
    if (!slow && Date.now() - began > SLOW_START_MS) {
      slow = true;
      onSlow();
    }
  }

  async function stop(): Promise<void> {
    for (const [signal, waitMs] of [
      ['SIGINT', FAST_STOP_MS],
      ['SIGQUIT', HARD_STOP_MS],
      ['SIGKILL', HARD_STOP_MS],
    ] as const) {
      if (gone) return;
      child.kill(signal);
      await Promise.race([exited, sleep(waitMs, undefined, { ref: false })]);
    }
  }

  return { pid: child.pid ?? 0, exited, stop };
}

/**
 * Clears what a server of an earlier run left. One that still runs on this folder (its watcher was killed too) is stopped first;
 * a pid file whose number now belongs to another program (a reboot) is removed, since the server would take it for a running twin.
 */
export async function clearEarlierServer(folder: string, onWait: () => void): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  const pid = pidOf(pidFile);
  if (pid === null) return;
  if (isServerOf(pid, folder)) {
    onWait();
    process.kill(pid, 'SIGINT');
    const until = Date.now() + FAST_STOP_MS;
    while (isServerOf(pid, folder)) {
      if (Date.now() > until) process.kill(pid, 'SIGQUIT');
      await sleep(POLL_MS);
    }
  }
  rmSync(pidFile, { force: true });
}

function pidOf(pidFile: string): number | null {
  try {
    return Number(readFileSync(pidFile, 'utf8').split('\n')[0]) || null;
  } catch {
    return null;
  }
}

function isServerOf(pid: number, folder: string): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return (program ?? '').endsWith('postgres') && args.includes(folder);
  } catch {
    return false;
  }
}

/** The server writes its state into line 8 of its pid file: the same sign that pg_ctl waits for. */
function isReady(folder: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function lastWords(logFile: string, from: number): string {
  const lines = readFileSync(logFile, 'utf8').slice(from).trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildMessage } from './child-messages.ts';
import type { Part, RunningPart } from './part.ts';
import { openRotatingLog } from './rotating-log.ts';
import { StartProblem } from './start-problem.ts';

const STOP_LIMIT_MS = 10_000;

interface ChildOptions {
  name: string;
  services: readonly string[];
  /** The built child entry, and flags for Node before it. */
  entry: string;
  nodeFlags?: readonly string[];
  env: NodeJS.ProcessEnv;
  logFile: string;
  onHealth: (service: string, complaint: string | null) => void;
  /** Sees the lines of the log as they come. */
  onOutput?: (chunk: Buffer) => void;
}

/** A Node process that runs one or several services. */
export const childPart = (options: ChildOptions): Part => ({ name: options.name, services: options.services, start: (signal) => startChild(options, signal) });

const startChild = ({ name, services, entry, nodeFlags = [], env, logFile, onHealth, onOutput }: ChildOptions, signal: AbortSignal): Promise<RunningPart> => {
  const log = openRotatingLog(logFile);
  const child = spawn(process.execPath, [...nodeFlags, entry, ...services], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const keep = (chunk: Buffer): void => {
    log.write(chunk);
    onOutput?.(chunk);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  let lastWords: Extract<ChildMessage, { type: 'failed' }> | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    // "close" comes after the last of the output, "exit" may come before it.
    child.once('close', (code, killer) => {
      log.close();
      resolve(howItEnded(code, killer, lastWords?.message));
    });
  });
  const stop = (): Promise<void> => stopChild(child, exited);

  return new Promise<RunningPart>((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      if (message.type === 'ready') resolve({ pid: child.pid ?? 0, exited, stop });
      if (message.type === 'failed') lastWords = message;
      if (message.type === 'health') onHealth(message.service, message.complaint);
    });
    const stopEarly = (): void => void stop();
    signal.addEventListener('abort', stopEarly, { once: true });
    void exited.then(() => signal.removeEventListener('abort', stopEarly));
    void exited.then((how) => reject(lastWords?.permanent ? new StartProblem(lastWords.message) : new Error(`${name} ${how}.`)));
  });
};

const stopChild = async (child: ChildProcess, exited: Promise<string>): Promise<void> => {
  child.kill('SIGTERM');
  const inTime = await Promise.race([exited.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
  if (!inTime) child.kill('SIGKILL');
  await exited;
};

const howItEnded = (code: number | null, killer: NodeJS.Signals | null, words?: string): string => {
  if (killer === 'SIGKILL') return 'was killed (by hand, or because memory ran out)';
  if (killer) return `was ended by ${killer}`;
  return words ? `stopped: ${words.replace(/\.$/, '')}` : `stopped with code ${code}`;
};

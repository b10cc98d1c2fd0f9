import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildMessage, StartMessage } from './child-messages.ts';
import type { Part, RunningPart, Vitals } from './part.ts';
import { openRotatingLog } from './rotating-log.ts';
import { StartProblem } from './start-problem.ts';

const STOP_LIMIT_MS = 10_000;

interface ChildOptions {
  name: string;
  services: readonly string[];
  /** The built child entry. */
  entry: string;
  /** Node's own environment in the process. */
  processEnv: NodeJS.ProcessEnv;
  /** What the services get as their environment; asked when they start. */
  env: () => NodeJS.ProcessEnv;
  logFile: string;
  onHealth: (service: string, complaint: string | null) => void;
  /** Sees the lines of the log as they come. */
  onOutput?: (chunk: Buffer) => void;
  /** How long a stop may take before it is a kill. */
  stopLimitMs?: number;
}

export interface ChildPart extends Part {
  /** Begins to load the services before they may start: loading takes as long as the database's own start, and there are two cores. */
  preload(): void;
  /** Ends what was loaded and never started. */
  discard(): void;
}

/** A Node process that runs one or several services. */
export const childPart = (options: ChildOptions): ChildPart => {
  let loaded: LoadedChild | undefined;
  return {
    name: options.name,
    services: options.services,
    preload() {
      loaded = loadChild(options);
    },
    discard() {
      void loaded?.stop();
    },
    start(signal) {
      const child = loaded ?? loadChild(options);
      loaded = undefined;
      return child.start(options.env(), signal);
    },
  };
};

interface LoadedChild {
  start(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<RunningPart>;
  stop(): Promise<void>;
}

const loadChild = ({ name, services, entry, processEnv, logFile, onHealth, onOutput, stopLimitMs = STOP_LIMIT_MS }: ChildOptions): LoadedChild => {
  const log = openRotatingLog(logFile);
  const child = spawn(process.execPath, [entry, ...services], { env: processEnv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const keep = (chunk: Buffer): void => {
    log.write(chunk);
    onOutput?.(chunk);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);

  let lastWords: Extract<ChildMessage, { type: 'failed' }> | undefined;
  let heardAt = performance.now();
  let vitals: Vitals | null = null;
  let becomeReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));
  child.on('message', (message: ChildMessage) => {
    heardAt = performance.now();
    if (message.type === 'beat') vitals = message;
    if (message.type === 'ready') becomeReady();
    if (message.type === 'failed') lastWords = message;
    if (message.type === 'health') onHealth(message.service, message.complaint);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    // "close" comes after the last of the output, "exit" may come before it.
    child.once('close', (code, killer) => {
      log.close();
      resolve(howItEnded(code, killer, lastWords?.message));
    });
  });
  const stop = (): Promise<void> => stopChild(child, exited, stopLimitMs);
  const endsEarly = async (): Promise<never> => {
    const how = await exited;
    throw lastWords?.permanent ? new StartProblem(lastWords.message) : new Error(`${name} ${how}.`);
  };

  return {
    stop,
    async start(env, signal) {
      const stopEarly = (): void => void stop();
      signal.addEventListener('abort', stopEarly, { once: true });
      try {
        child.send({ type: 'start', env } satisfies StartMessage, () => undefined); // a child that is gone says so by `exited`
        await Promise.race([ready, endsEarly()]);
        return { pid: child.pid ?? 0, exited, stop, heardAt: () => heardAt, vitals: () => vitals };
      } finally {
        signal.removeEventListener('abort', stopEarly);
      }
    },
  };
};

const stopChild = async (child: ChildProcess, exited: Promise<string>, limitMs: number): Promise<void> => {
  child.kill('SIGTERM');
  const inTime = await Promise.race([exited.then(() => true), sleep(limitMs, false, { ref: false })]);
  if (!inTime) child.kill('SIGKILL');
  await exited;
};

const howItEnded = (code: number | null, killer: NodeJS.Signals | null, words?: string): string => {
  if (killer === 'SIGKILL') return 'was killed (by hand, or because memory ran out)';
  if (killer) return `was ended by ${killer}`;
  return words ? `stopped: ${words.replace(/\.$/, '')}` : `stopped with code ${code}`;
};

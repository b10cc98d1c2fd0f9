import { errorText } from './app-error.ts';
import type { Env } from './env.ts';
import type { Logger } from './logger.ts';

/** What a service gets from the process that it runs in, alone or with others. */
export interface Host {
  env: Env;
  log: Logger;
  /** Aborted when the process was asked to stop: end waits, begin nothing new. */
  signal: AbortSignal;
  /**
   * The process's one `key` (a database pool, a queue connection): made by the first service that asks, given to all, and disposed of
   * after the last service has stopped. A `create` that fails is tried again by the next who asks.
   */
  share<T>(key: string, create: () => T, dispose?: (value: Awaited<T>) => void | Promise<void>): T;
}

export interface RunningService {
  /** Finishes or gives back what is in hand; the process is killed after 10 s. */
  stop(): Promise<void>;
  /** What is wrong, in a sentence, although the service runs; null when all is well. Asked every few seconds. */
  health?(): Promise<string | null>;
}

export interface Service {
  name: string;
  /** Resolves when the service does its work (its port is open, its worker listens). */
  start(host: Host): Promise<RunningService>;
}

/** Declares a service: the one export, named `service`, of `services/<name>/main.ts`. */
export const defineService = (service: Service): Service => service;

export interface ServiceGroup {
  /** Starts one more service. A failed start leaves the others as they are. */
  start(service: Service): Promise<void>;
  /** Each running service's complaint, by name; null is well. */
  health(): Promise<Record<string, string | null>>;
  /** Stops all, the last started first, then disposes of what they shared. One that fails to stop does not keep the others. Safe to repeat. */
  stop(): Promise<void>;
}

interface GroupOptions {
  env: Env;
  /** The logger of a service. */
  logFor: (name: string) => Logger;
}

/** Runs services in this process, sharing what can be shared. */
export const createServiceGroup = ({ env, logFor }: GroupOptions): ServiceGroup => {
  const stopping = new AbortController();
  const running: { name: string; service: RunningService }[] = [];
  const shared = new Map<string, { value: unknown; dispose: () => Promise<void> }>();
  const log = logFor('services');
  let stopped: Promise<void> | undefined;

  const share: Host['share'] = (key, create, dispose) => {
    type Value = ReturnType<typeof create>;
    const known = shared.get(key);
    if (known) return known.value as Value;
    const value = create();
    shared.set(key, { value, dispose: async () => dispose?.(await value) });
    if (value instanceof Promise) value.catch(() => shared.delete(key));
    return value;
  };

  const attempt = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error({ error }, `${what} did not stop cleanly`);
    }
  };

  const stopAll = async (): Promise<void> => {
    stopping.abort(new Error('The process is stopping.'));
    for (const { name, service } of running.toReversed()) await attempt(name, () => service.stop());
    for (const [key, { dispose }] of [...shared].toReversed()) await attempt(key, dispose);
  };

  return {
    async start(service) {
      const host: Host = { env, log: logFor(service.name), signal: stopping.signal, share };
      running.push({ name: service.name, service: await service.start(host) });
    },
    async health() {
      const complaints = await Promise.all(running.map(async ({ name, service }) => [name, (await service.health?.().catch(errorText)) ?? null] as const));
      return Object.fromEntries(complaints);
    },
    stop: () => (stopped ??= stopAll()),
  };
};

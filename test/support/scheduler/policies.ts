import { createState, decide, noControls, take, worstWaitMs, type SchedulerConfig } from '#scheduler';
import type { SimulatedJob } from './load.ts';

/** An order of service. It sees what a queue sees: arrivals, its own choices, and what they cost in the end. */
export interface Policy {
  name: string;
  /** Returns the stated worst wait, where the policy states one. */
  arrive(job: SimulatedJob, now: number): number | null;
  /** The id of the job to run now; null when none waits. The loaded model is the last job's. */
  next(now: number): string | null;
  finished(id: string, usedMs: number, now: number): void;
}

export const createOurs = (config: SchedulerConfig, weights: ReadonlyMap<string, number>): Policy => {
  const state = createState(config, { ...noControls, weights });
  return {
    name: 'Arasul',
    arrive(job, now) {
      const statedMs = worstWaitMs(state, job, now);
      take(state, { type: 'arrived', job }, now);
      return statedMs;
    },
    next: (now) => decide(state, now)?.id ?? null,
    finished: (id, usedMs, now) => take(state, { type: 'finished', id, usedMs }, now),
  };
};

/** A line that gives up its front in constant time. */
const createLine = <T>() => {
  let items: T[] = [];
  let front = 0;
  return {
    push: (item: T) => void items.push(item),
    peek: (): T | undefined => items[front],
    shift(): T | undefined {
      const item = items[front];
      if (item === undefined) return undefined;
      front += 1;
      if (front > 1_000 && front * 2 > items.length) {
        items = items.slice(front);
        front = 0;
      }
      return item;
    },
    get length() {
      return items.length - front;
    },
  };
};

export const createFifo = (): Policy => {
  const line = createLine<SimulatedJob>();
  return { name: 'First come, first served', arrive: (job) => (line.push(job), null), next: () => line.shift()?.id ?? null, finished() {} };
};

/** One job of each person in turn. */
export const createRoundRobin = (): Policy => {
  const lines = new Map<string, ReturnType<typeof createLine<SimulatedJob>>>();
  const ring = createLine<string>();
  return {
    name: 'Round robin over people',
    arrive({ user, ...job }) {
      const line = lines.get(user) ?? createLine<SimulatedJob>();
      lines.set(user, line);
      if (line.length === 0) ring.push(user);
      line.push({ user, ...job });
      return null;
    },
    next() {
      const user = ring.shift();
      if (user === undefined) return null;
      const line = lines.get(user)!;
      const job = line.shift()!;
      if (line.length > 0) ring.push(user);
      return job.id;
    },
    finished() {},
  };
};

const createByModel = (name: string, leave: (oldestElsewhereMs: number) => boolean, choose: 'oldest' | 'longest'): Policy => {
  const lines = new Map<string, ReturnType<typeof createLine<SimulatedJob>>>();
  let loaded: string | null = null;
  return {
    name,
    arrive(job) {
      const line = lines.get(job.model) ?? createLine<SimulatedJob>();
      lines.set(job.model, line);
      line.push(job);
      return null;
    },
    next(now) {
      const waiting = [...lines].filter(([, line]) => line.length > 0);
      if (waiting.length === 0) return null;
      const others = waiting.filter(([model]) => model !== loaded);
      const oldest = (list: typeof waiting) => list.reduce((a, b) => (a[1].peek()!.arrivedAt <= b[1].peek()!.arrivedAt ? a : b));
      const stays = waiting.length > others.length && (others.length === 0 || !leave(now - oldest(others)[1].peek()!.arrivedAt));
      if (!stays) loaded = (choose === 'oldest' ? oldest(others) : others.reduce((a, b) => (a[1].length >= b[1].length ? a : b)))[0];
      return lines.get(loaded!)!.shift()!.id;
    },
    finished() {},
  };
};

/** What llama-swap and its like do: the loaded model's line, until somebody else has waited 120 s. */
export const createByModelWithRule = (): Policy => createByModel('A line per model, 120 s rule', (waitedMs) => waitedMs > 120_000, 'oldest');

/** The most work that can be done: a model is left only when nobody waits for it. */
export const createGreedy = (): Policy => createByModel('Best order without fairness', () => false, 'longest');

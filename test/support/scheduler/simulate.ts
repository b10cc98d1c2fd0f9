import { SWITCH_MS, type SimulatedJob } from './load.ts';
import type { Policy } from './policies.ts';

/** One job as it was served. */
export interface Service {
  job: SimulatedJob;
  startedAt: number;
  endedAt: number;
  statedMs: number | null;
}

export interface Run {
  policy: string;
  services: Service[];
  switches: number;
  /** From the first arrival to the end of the last job. */
  lastedMs: number;
  /** Longest of (waited - stated); never above 0 when the promise held. */
  worstBreachMs: number;
}

/** Plays a load through a policy in virtual time, on one accelerator that takes 45 s to change models. */
export const simulate = (load: readonly SimulatedJob[], policy: Policy): Run => {
  const byId = new Map(load.map((job) => [job.id, job]));
  const stated = new Map<string, number | null>();
  const services: Service[] = [];
  let now = 0;
  let arrived = 0;
  let loaded: string | null = null;
  let switches = 0;
  let worstBreachMs = -Infinity;
  const arrivals = () => {
    for (; arrived < load.length && load[arrived]!.arrivedAt <= now; arrived += 1)
      stated.set(load[arrived]!.id, policy.arrive(load[arrived]!, load[arrived]!.arrivedAt));
  };
  for (;;) {
    arrivals();
    const id = policy.next(now);
    if (id === null) {
      if (arrived >= load.length) break;
      now = load[arrived]!.arrivedAt;
      continue;
    }
    const job = byId.get(id)!;
    if (job.model !== loaded) {
      if (loaded !== null) switches += 1;
      now += SWITCH_MS;
      loaded = job.model;
    }
    const statedMs = stated.get(id) ?? null;
    const startedAt = now;
    now += job.actualMs;
    if (statedMs !== null) worstBreachMs = Math.max(worstBreachMs, startedAt - job.arrivedAt - statedMs);
    services.push({ job, startedAt, endedAt: now, statedMs });
    arrivals();
    policy.finished(id, job.actualMs, now);
  }
  return { policy: policy.name, services, switches, lastedMs: now - load[0]!.arrivedAt, worstBreachMs };
};

import { stintMs } from './choose.ts';
import { positionOf, weightOf, type SchedulerState } from './state.ts';
import { workClasses, type SchedulerJob } from './types.ts';

/**
 * The longest that a job which comes now can wait for its turn, whatever comes after it; milliseconds. Controls that
 * administrators use later (pauses, ranks, weights) are not foreseen.
 *
 * Counted at their caps: what runs; the jobs of its model and class that others may have before it: whoever has had less than its
 * person will have had at its turn goes first, also who comes later. All that is done in stints of
 * its model, between which there are at most `2 * models - 1` stints of others; and the other classes' floors take their shares.
 */
export const worstWaitMs = (state: SchedulerState, job: SchedulerJob, now: number): number => {
  const { config, classes, running } = state;
  const own = classes[job.class];
  const line = own.users.get(job.user);
  const weight = weightOf(state, job.user);
  let upTo = line ? positionOf(own, line) + line.waitingMs / weight : own.clock;
  // Where its person will stand at its turn: the earlier jobs may turn out to cost their caps.
  const earlier = [...running.values()].map((one) => one.job).filter((one) => one.user === job.user && one.class === job.class);
  for (const byUser of own.queues.values()) for (const one of byUser.get(job.user) ?? []) earlier.push(one.job);
  for (const { capMs, estimateMs } of earlier) upTo += Math.max(0, capMs - estimateMs) / weight;

  let work = 0;
  for (const one of own.queues.get(job.model)?.get(job.user) ?? []) work += one.job.capMs;
  for (const other of own.users.values()) {
    if (other.user === job.user) continue;
    // A running job that proves cheaper than its estimate moves its person back; a warm conversation goes a little early.
    const begin = positionOf(own, other) - (config.warmMs + (other.running > 0 ? config.maxJobMs : 0)) / other.weight;
    if (begin < upTo) work += other.weight * (upTo - begin) + config.maxJobMs;
  }
  if (upTo > own.clock) work += Math.max(0, config.users - own.users.size - (line ? 0 : 1)) * (upTo - own.clock + config.maxJobMs);

  let runs = 0;
  for (const one of running.values()) runs = Math.max(runs, one.job.capMs - Math.min(now - one.startedAt, one.job.capMs));
  const { agent, background } = config.floors;
  const share = job.class === 'interactive' ? 1 - agent - background : config.floors[job.class];
  const switching = longestSwitchMs(state, job);
  // A lower class saves up for its turn and for the way to its model and back.
  const saved = job.class === 'interactive' ? 0 : job.estimateMs + 2 * switching;
  // Others may use what their floor owes them already, and overdraw it by one turn.
  let overdrawn = 0;
  for (const name of workClasses) if (name !== 'interactive' && name !== job.class) overdrawn += classes[name].credit + config.maxJobMs + 2 * switching;
  return Math.ceil((runs + work + saved + betweenStintsMs(state, job, work)) / share + overdrawn + 2 * stepMs(state, job));
};

/** Models that may come between: those that are waited for, loaded, or asked for now. */
const modelsInPlay = ({ classes, loaded }: SchedulerState, { model }: SchedulerJob): Set<string> => {
  const known = new Set<string>();
  for (const { queues } of Object.values(classes)) for (const other of queues.keys()) if (other !== null) known.add(other);
  if (loaded !== null) known.add(loaded);
  if (model !== null) known.add(model);
  return known;
};

const longestSwitchMs = (state: SchedulerState, job: SchedulerJob): number => {
  const known = modelsInPlay(state, job);
  const isSettled = Math.max(state.config.models, known.size) < 2 && (known.size === 0 || known.has(state.loaded ?? ''));
  return isSettled ? 0 : Math.max(0, ...[...known].map(state.config.switchMs));
};

/** The longest that lies between two decisions: a switch and a whole job. */
export const stepMs = (state: SchedulerState, job: SchedulerJob): number => state.config.maxJobMs + longestSwitchMs(state, job);

/** What stints of other models take while `workMs` of this job's model is done. */
const betweenStintsMs = (state: SchedulerState, job: SchedulerJob, workMs: number): number => {
  const { config, loaded } = state;
  const { model } = job;
  if (model === null) return 0;
  const known = modelsInPlay(state, job);
  const models = Math.max(config.models, known.size);
  if (models < 2) return model === loaded ? 0 : config.switchMs(model);
  const longestSwitch = Math.max(...[...known].map(config.switchMs));
  const longestStint = Math.max(...[...known].map((other) => stintMs(config, other)));
  const stints = 1 + Math.ceil(workMs / stintMs(config, model));
  return stints * ((2 * models - 1) * (longestStint + config.maxJobMs + longestSwitch) + longestSwitch);
};

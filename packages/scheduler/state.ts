import { noControls, workClasses, type Controls, type SchedulerConfig, type SchedulerJob, type WorkClass } from './types.ts';

/** A job in line. */
export interface Waiting {
  job: SchedulerJob;
  /** Later than this it must not begin. */
  deadline: number;
  order: number;
}

export interface Running {
  job: SchedulerJob;
  waiting: Waiting;
  startedAt: number;
}

/** One person in one class. Positions are virtual time: accelerator-milliseconds divided by the person's weight. */
export interface UserLine {
  user: string;
  weight: number;
  /** What the person has had. Who has had least is next. */
  position: number;
  waiting: number;
  waitingMs: number;
  running: number;
}

export interface ClassLine {
  name: WorkClass;
  /** Where those stand who are being served: where somebody who comes (back) begins. It never falls. */
  clock: number;
  /** The same for each model, at the time when it was last at work. */
  clocks: Map<string | null, number>;
  /** Accelerator-milliseconds that the class's floor owes it. */
  credit: number;
  users: Map<string, UserLine>;
  /** By model and user, in order of arrival. */
  queues: Map<string | null, Map<string, Waiting[]>>;
  waiting: number;
}

/** Everything that decisions depend on. It belongs to whoever calls `step`, which changes it in place: copying 10,000 jobs costs more than deciding. */
export interface SchedulerState {
  config: SchedulerConfig;
  controls: Controls;
  loaded: string | null;
  /** Since when the loaded model is the loaded one. */
  stintSince: number;
  /** How often another model was loaded while this one was waited for. */
  passedOver: Map<string, number>;
  warmConversation: string | null;
  classes: Record<WorkClass, ClassLine>;
  jobs: Map<string, Waiting>;
  running: Map<string, Running>;
  ranked: Set<string>;
  arrivals: number;
}

const emptyClass = (name: WorkClass): ClassLine => ({ name, clock: 0, clocks: new Map(), credit: 0, users: new Map(), queues: new Map(), waiting: 0 });

/** An empty line. */
export const createState = (config: SchedulerConfig, controls: Controls = noControls): SchedulerState => ({
  config,
  controls,
  loaded: null,
  stintSince: -Infinity,
  passedOver: new Map(),
  warmConversation: null,
  classes: Object.fromEntries(workClasses.map((name) => [name, emptyClass(name)])) as Record<WorkClass, ClassLine>,
  jobs: new Map(),
  running: new Map(),
  ranked: new Set(),
  arrivals: 0,
});

/** A person's weight; 1 unless an administrator set another. */
export const weightOf = ({ controls }: Pick<SchedulerState, 'controls'>, user: string): number => Math.max(0.01, controls.weights.get(user) ?? 1);

/** A person's line in a class, made when it is the first job. */
export const lineOf = (state: SchedulerState, { class: name, user }: Pick<SchedulerJob, 'class' | 'user'>): UserLine => {
  const { users, clock } = state.classes[name];
  const known = users.get(user);
  if (known) return known;
  const line: UserLine = { user, weight: weightOf(state, user), position: clock, waiting: 0, waitingMs: 0, running: 0 };
  users.set(user, line);
  return line;
};

/**
 * Where a person stands. Behind the clock only by what is really waiting, such as jobs of a model that is not loaded: time
 * that was not used is not saved up.
 */
export const positionOf = ({ clock }: Pick<ClassLine, 'clock'>, { position, waitingMs, weight }: UserLine): number =>
  Math.max(position, clock - waitingMs / weight);

/** Puts a job in line. */
export const enqueue = (state: SchedulerState, job: SchedulerJob, deadline: number): void => {
  const own = state.classes[job.class];
  const line = lineOf(state, job);
  line.position = positionOf(own, line);
  insert(state, { job, deadline, order: (state.arrivals += 1) }, line);
};

/** Into its place by order of arrival, which is the end unless it was there before. */
const insert = (state: SchedulerState, waiting: Waiting, line: UserLine): void => {
  const { job } = waiting;
  const own = state.classes[job.class];
  const byUser = own.queues.get(job.model) ?? new Map<string, Waiting[]>();
  own.queues.set(job.model, byUser);
  const queue = byUser.get(job.user) ?? [];
  byUser.set(job.user, queue);
  const at = queue.length > 0 && queue.at(-1)!.order > waiting.order ? queue.findIndex(({ order }) => order > waiting.order) : queue.length;
  queue.splice(at, 0, waiting);
  state.jobs.set(job.id, waiting);
  if (job.rank !== undefined) state.ranked.add(job.id);
  own.waiting += 1;
  line.waiting += 1;
  line.waitingMs += job.estimateMs;
};

/** Takes a job out of line. */
export const dequeue = (state: SchedulerState, waiting: Waiting): void => {
  const { job } = waiting;
  const own = state.classes[job.class];
  const byUser = own.queues.get(job.model)!;
  const queue = byUser.get(job.user)!;
  if (queue[0] === waiting) queue.shift();
  else queue.splice(queue.indexOf(waiting), 1);
  if (queue.length === 0) byUser.delete(job.user);
  if (byUser.size === 0) own.queues.delete(job.model);
  state.jobs.delete(job.id);
  state.ranked.delete(job.id);
  own.waiting -= 1;
  if (own.waiting === 0) own.credit = 0; // a floor is for those who wait
  const line = lineOf(state, job);
  line.waiting -= 1;
  line.waitingMs = line.waiting === 0 ? 0 : Math.max(0, line.waitingMs - job.estimateMs);
};

/** The clock follows the model that is furthest behind of those in demand. */
export const advanceClock = (own: ClassLine, model: string | null, key: number): void => {
  own.clocks.set(model, Math.max(own.clocks.get(model) ?? 0, key));
  let least = own.clocks.get(model)!;
  for (const other of own.queues.keys()) least = Math.min(least, own.clocks.get(other) ?? own.clock);
  own.clock = Math.max(own.clock, least);
};

/** Forgets people who neither wait nor run and whom the clock has passed: they would begin at the clock anyway. */
export const forgetIdle = (own: ClassLine, line: UserLine): void => {
  if (line.waiting === 0 && line.running === 0 && line.position <= own.clock) own.users.delete(line.user);
};

export const returnToLine = (state: SchedulerState, { waiting }: Running): void => insert(state, waiting, lineOf(state, waiting.job));

/** New weights count from here on; what somebody had under the old one stays as it is. */
export const applyControls = (state: SchedulerState, controls: Controls): void => {
  state.controls = controls;
  for (const own of Object.values(state.classes)) {
    for (const line of own.users.values()) {
      line.position = positionOf(own, line);
      line.weight = weightOf(state, line.user);
    }
  }
};

import { createState, enqueue, lineOf, positionOf, type SchedulerState } from './state.ts';
import { workClasses, type Controls, type SchedulerConfig, type SchedulerJob, type WorkClass } from './types.ts';
import { worstWaitMs } from './worst-wait.ts';

/** What a line cannot know from who waits: what each has had, and what is loaded. Survives as JSON. */
export interface Standing {
  loaded: string | null;
  /** Null for never. */
  stintSince: number | null;
  passedOver: [string, number][];
  warmConversation: string | null;
  classes: Record<WorkClass, { clock: number; clocks: [string | null, number][]; credit: number; positions: [string, number][] }>;
}

/** What to keep of a line beside the rows of those in it. */
export const standingOf = (state: SchedulerState): Standing => ({
  loaded: state.loaded,
  stintSince: Number.isFinite(state.stintSince) ? state.stintSince : null,
  passedOver: [...state.passedOver],
  warmConversation: state.warmConversation,
  classes: Object.fromEntries(
    workClasses.map((name) => {
      const own = state.classes[name];
      const positions = [...own.users.values()].map((line): [string, number] => [line.user, positionOf(own, line)]);
      return [name, { clock: own.clock, clocks: [...own.clocks], credit: own.credit, positions }];
    }),
  ) as Standing['classes'],
});

export interface Resumed {
  waiting: readonly { job: SchedulerJob; /** Stated when it came; computed anew when absent. */ deadline: number | null }[];
  running: readonly { job: SchedulerJob; startedAt: number }[];
}

/** A line from what was kept: it decides as the one before it would have. Without a standing everybody begins at nothing. */
export const resume = (config: SchedulerConfig, controls: Controls, standing: Standing | null, { waiting, running }: Resumed, now: number): SchedulerState => {
  const state = createState(config, controls);
  if (standing) {
    state.loaded = standing.loaded;
    state.stintSince = standing.stintSince ?? -Infinity;
    state.passedOver = new Map(standing.passedOver);
    state.warmConversation = standing.warmConversation;
    for (const name of workClasses) {
      const { clock, clocks } = standing.classes[name];
      Object.assign(state.classes[name], { clock, clocks: new Map(clocks) });
    }
  }
  for (const { job, startedAt } of running) {
    const line = lineOf(state, job);
    line.running += 1;
    state.running.set(job.id, { job, waiting: { job, deadline: startedAt, order: (state.arrivals += 1) }, startedAt });
  }
  for (const { job, deadline } of waiting) enqueue(state, job, deadline ?? job.arrivedAt + worstWaitMs(state, job, now));
  // Last: whoever waits for another model stands behind the clock by that, and joining anew would move them up to it.
  for (const name of workClasses) {
    const own = state.classes[name];
    for (const [user, position] of standing?.classes[name].positions ?? []) {
      const line = own.users.get(user);
      if (line) line.position = position;
      else if (position > own.clock) lineOf(state, { class: name, user }).position = position;
    }
    if (own.waiting > 0) own.credit = standing?.classes[name].credit ?? 0;
  }
  return state;
};

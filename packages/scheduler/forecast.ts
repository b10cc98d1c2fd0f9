import { choose, notePassedOver, stintMs, type Head, type Scene } from './choose.ts';
import { positionOf, type SchedulerState, type Waiting } from './state.ts';
import { workClasses, type SchedulerJob, type WorkClass } from './types.ts';

/** When a job's turn comes if nobody else came and all took what is estimated. */
export interface Turn {
  job: SchedulerJob;
  /** 1 is next. */
  position: number;
  /** From now. */
  startsInMs: number;
  /** Of it, loading of models, its own included. */
  switchingMs: number;
  switches: number;
}

/**
 * The order in which what waits will run, by the same choice that decides; what is paused has no turn. `leftMs` is what the
 * running jobs still need. After `most` turns the rest follows in order of arrival, without switches: nobody's wait of hours is known better.
 */
export const forecast = (state: SchedulerState, now: number, { leftMs, most = 1_000 }: { leftMs: number; most?: number }): Turn[] => {
  const lines = Object.fromEntries(workClasses.map((name) => [name, openLine(state, name)])) as Record<WorkClass, ReturnType<typeof openLine>>;
  const credits = { interactive: 0, agent: state.classes.agent.credit, background: state.classes.background.credit };
  const passedOver = new Map(state.passedOver);
  const scene: Scene = {
    config: state.config,
    loaded: state.loaded,
    stintSince: state.stintSince,
    passedOver,
    credits,
    heads: (name) => lines[name].heads(),
    owed: (name) => lines[name].owed(),
  };
  const turns: Turn[] = [];
  let at = now + leftMs;
  let switchingMs = 0;
  let switches = 0;
  const run = ({ waiting: { job } }: Head): void => {
    const { model } = job;
    const isSwitch = model !== null && model !== scene.loaded;
    if (isSwitch) {
      switches += 1;
      switchingMs += state.config.switchMs(model);
      at += state.config.switchMs(model);
      scene.loaded = model;
    }
    if (isSwitch || (model !== null && at - scene.stintSince >= stintMs(state.config, model))) {
      notePassedOver(passedOver, scene.loaded!, new Set(workClasses.flatMap((name) => [...lines[name].heads().keys()])));
      scene.stintSince = at;
    }
    turns.push({ job, position: turns.length + 1, startsInMs: at - now, switchingMs, switches });
    at += job.estimateMs / state.config.slots;
    for (const name of workClasses) {
      if (name === job.class) credits[name] = Math.max(0, credits[name] - job.estimateMs);
      else if (name !== 'interactive' && lines[name].isWaited()) credits[name] += job.estimateMs * state.config.floors[name];
    }
  };
  const { jobs, ranked } = state;
  const byRank = [...ranked].map((id) => jobs.get(id)!).sort((a, b) => a.job.rank! - b.job.rank!);
  for (const waiting of byRank) if (lines[waiting.job.class].remove(waiting)) run({ waiting, position: 0 });
  for (let head = choose(scene, at); head && turns.length < most; head = choose(scene, at)) {
    lines[head.waiting.job.class].remove(head.waiting);
    run(head);
  }
  if (turns.length >= most) {
    const rest = workClasses.flatMap((name) => lines[name].rest()).sort((a, b) => a.order - b.order);
    for (const { job } of rest) {
      turns.push({ job, position: turns.length + 1, startsInMs: at - now, switchingMs, switches });
      at += job.estimateMs / state.config.slots;
    }
  }
  return turns;
};

interface Queue {
  user: string;
  waiting: readonly Waiting[];
  taken: Set<Waiting>;
  at: number;
}

/** A class's line that can be played forward without touching it. */
const openLine = (state: SchedulerState, name: WorkClass) => {
  const own = state.classes[name];
  const { pausedAll, pausedClasses, pausedModels, pausedUsers } = state.controls;
  const positions = new Map<string, number>();
  const weights = new Map<string, number>();
  const queues = new Map<string | null, Map<string, Queue>>();
  if (!pausedAll && !pausedClasses.has(name)) {
    for (const [model, byUser] of own.queues) {
      if (model !== null && pausedModels.has(model)) continue;
      const open = new Map<string, Queue>();
      for (const [user, waiting] of byUser) {
        if (pausedUsers.has(user)) continue;
        const line = own.users.get(user)!;
        positions.set(user, positionOf(own, line));
        weights.set(user, line.weight);
        open.set(user, { user, waiting, taken: new Set(), at: 0 });
      }
      if (open.size > 0) queues.set(model, open);
    }
  }
  // A head stays one until its person has had something: positions only rise.
  const known = new Map<string | null, Head>();
  const first = (queue: Queue): Waiting | undefined => {
    while (queue.at < queue.waiting.length && queue.taken.has(queue.waiting[queue.at]!)) queue.at += 1;
    return queue.waiting[queue.at];
  };
  return {
    heads(): Map<string | null, Head> {
      const heads = new Map<string | null, Head>();
      for (const [model, byUser] of queues) {
        let best = known.get(model) ?? null;
        for (const queue of best ? [] : byUser.values()) {
          const waiting = first(queue)!;
          const position = positions.get(queue.user)!;
          if (!best || position < best.position || (position === best.position && waiting.order < best.waiting.order)) best = { waiting, position };
        }
        if (!best) continue;
        known.set(model, best);
        heads.set(model, best);
      }
      return heads;
    },
    isWaited: (): boolean => queues.size > 0,
    owed(): Map<string | null, number> {
      const furthest = Math.max(...positions.values());
      return new Map(
        [...queues].map(([model, byUser]) => [
          model,
          [...byUser.values()].reduce((sum, queue) => {
            const left = queue.waiting.length - queue.at;
            return sum + Math.min(left * first(queue)!.job.estimateMs, weights.get(queue.user)! * (furthest - positions.get(queue.user)!));
          }, 0),
        ]),
      );
    },
    /** Takes a job out; false when it has no turn. */
    remove(waiting: Waiting): boolean {
      const { user, model, estimateMs } = waiting.job;
      const byUser = queues.get(model);
      const queue = byUser?.get(user);
      if (!byUser || !queue) return false;
      queue.taken.add(waiting);
      for (const [headModel, head] of known) if (head.waiting.job.user === user) known.delete(headModel);
      positions.set(user, positions.get(user)! + estimateMs / weights.get(user)!);
      if (first(queue) === undefined) byUser.delete(user);
      if (byUser.size === 0) queues.delete(model);
      return true;
    },
    rest: (): Waiting[] =>
      [...queues.values()].flatMap((byUser) => [...byUser.values()].flatMap(({ waiting, taken }) => waiting.filter((one) => !taken.has(one)))),
  };
};

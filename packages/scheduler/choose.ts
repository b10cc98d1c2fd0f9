import { positionOf, type ClassLine, type SchedulerState, type Waiting } from './state.ts';
import { workClasses, type Controls, type SchedulerConfig, type WorkClass } from './types.ts';

/** The job of a model that is next in its class. */
export interface Head {
  waiting: Waiting;
  /** Virtual time; the smallest is next. */
  position: number;
}

/** What a choice depends on; the line itself, or a forecast of it. */
export interface Scene {
  config: SchedulerConfig;
  loaded: string | null;
  stintSince: number;
  passedOver: ReadonlyMap<string, number>;
  credits: Record<WorkClass, number>;
  /** The next job of each model in a class. */
  heads: (name: WorkClass) => ReadonlyMap<string | null, Head>;
  /** What each model owes to those of a class who wait for it. */
  owed: (name: WorkClass) => ReadonlyMap<string | null, number>;
}

/** How long a model is kept while others wait: long enough that switching costs no more than its share. */
export const stintMs = ({ switchMs, switchShare, longestStintMs }: SchedulerConfig, model: string): number =>
  Math.min(longestStintMs, switchMs(model) / switchShare);

const smallest = (heads: Iterable<Head>): Head | null => {
  let best: Head | null = null;
  for (const head of heads)
    if (!best || head.position < best.position || (head.position === best.position && head.waiting.order < best.waiting.order)) best = head;
  return best;
};

/** Keeps count of who waited while another model was loaded. */
export const notePassedOver = (passedOver: Map<string, number>, loaded: string, waitedFor: ReadonlySet<string | null>): void => {
  passedOver.delete(loaded);
  for (const model of passedOver.keys()) if (!waitedFor.has(model)) passedOver.delete(model);
  for (const model of waitedFor) if (model !== null && model !== loaded) passedOver.set(model, (passedOver.get(model) ?? 0) + 1);
};

/**
 * Within a class: the loaded model's next job until its stint is over; then one of the model that owes most to those who
 * have had least. So all models advance together, whatever each is asked for, and a switch is paid for by a whole stint. A model that
 * was passed over as often as there are models comes first: it may owe little, but not for ever.
 */
const chooseHead = (scene: Scene, name: WorkClass, heads: ReadonlyMap<string | null, Head>, now: number): Head | null => {
  const { config, loaded, stintSince, passedOver } = scene;
  const here = smallest([heads.get(loaded), heads.get(null)].filter((head) => head !== undefined));
  if (here !== null && loaded !== null && now - stintSince < stintMs(config, loaded)) return here;
  if (heads.size < 2) return smallest(heads.values());
  let forced: { head: Head; times: number } | null = null;
  for (const [model, times] of passedOver) {
    const head = heads.get(model);
    if (head && times >= config.models && times > (forced?.times ?? 0)) forced = { head, times };
  }
  if (forced) return forced.head;
  const owed = scene.owed(name);
  let best: { head: Head; owedMs: number } | null = null;
  for (const [model, head] of heads) {
    const owedMs = owed.get(model) ?? 0;
    if (!best || owedMs > best.owedMs || (owedMs === best.owedMs && head.waiting.order < best.head.waiting.order)) best = { head, owedMs };
  }
  return best?.head ?? null;
};

/** What a floor turn costs: also the way to another model and back. */
const costOf = ({ config, loaded }: Scene, { waiting: { job } }: Head): number =>
  job.estimateMs + (job.model === null || job.model === loaded ? 0 : config.switchMs(job.model) + (loaded === null ? 0 : config.switchMs(loaded)));

/** The next job: of a lower class whose floor has saved up for it, else of the first class that has one. */
export const choose = (scene: Scene, now: number): Head | null => {
  let first: Head | null = null;
  let owed: { head: Head; urgency: number } | null = null;
  for (const name of workClasses) {
    const heads = scene.heads(name);
    if (heads.size === 0) continue;
    const head = chooseHead(scene, name, heads, now);
    if (!head) continue;
    if (!first) first = head;
    else {
      const urgency = scene.credits[name] / costOf(scene, head);
      if (urgency >= 1 && urgency > (owed?.urgency ?? 0)) owed = { head, urgency };
    }
  }
  return owed?.head ?? first;
};

const mayRun = ({ pausedUsers, caps }: Controls, own: ClassLine, user: string): boolean => {
  if (pausedUsers.size > 0 && pausedUsers.has(user)) return false;
  const cap = caps.size > 0 ? caps.get(user) : undefined;
  return cap === undefined || (own.users.get(user)?.running ?? 0) < cap;
};

/** The next job of each model: of the person who has had least; a warm conversation counts as earlier by what it saves. Looks at one job per person. */
export const headsOf = ({ classes, controls, config, warmConversation }: SchedulerState, name: WorkClass): Map<string | null, Head> => {
  const heads = new Map<string | null, Head>();
  const own = classes[name];
  if (own.waiting === 0 || controls.pausedAll || controls.pausedClasses.has(name)) return heads;
  for (const [model, byUser] of own.queues) {
    if (model !== null && controls.pausedModels.has(model)) continue;
    let best: Head | null = null;
    for (const [user, queue] of byUser) {
      const line = own.users.get(user)!;
      const waiting = queue[0]!;
      let position = positionOf(own, line);
      if (waiting.job.conversation !== undefined && waiting.job.conversation === warmConversation)
        position -= Math.min(waiting.job.savedMs ?? 0, config.warmMs) / line.weight;
      if ((best && (position > best.position || (position === best.position && waiting.order > best.waiting.order))) || !mayRun(controls, own, user)) continue;
      best = { waiting, position };
    }
    if (best) heads.set(model, best);
  }
  return heads;
};

/** For each model what those who wait for it are behind the one of the class who is furthest ahead, as far as their waiting jobs can use it. */
export const owedTo = (own: ClassLine, { controls }: Pick<SchedulerState, 'controls'>): Map<string | null, number> => {
  let furthest = -Infinity;
  for (const line of own.users.values()) if (line.waiting > 0) furthest = Math.max(furthest, positionOf(own, line));
  const owed = new Map<string | null, number>();
  for (const [model, byUser] of own.queues) {
    let sum = 0;
    for (const [user, queue] of byUser) {
      if (!mayRun(controls, own, user)) continue;
      const line = own.users.get(user)!;
      // The mean of its waiting jobs stands for each.
      sum += Math.min((line.waitingMs / line.waiting) * queue.length, line.weight * (furthest - positionOf(own, line)));
    }
    owed.set(model, sum);
  }
  return owed;
};

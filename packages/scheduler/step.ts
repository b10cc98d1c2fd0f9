import { choose, headsOf, notePassedOver, owedTo, stintMs, type Head, type Scene } from './choose.ts';
import { advanceClock, applyControls, dequeue, enqueue, forgetIdle, lineOf, positionOf, returnToLine, type SchedulerState, type Waiting } from './state.ts';
import { workClasses, type Decision, type SchedulerEvent, type WorkClass } from './types.ts';
import { stepMs, worstWaitMs } from './worst-wait.ts';

/** Takes an event in and says what to run now. The same events at the same times give the same decisions. */
export const step = (state: SchedulerState, event: SchedulerEvent, now: number): Decision[] => {
  take(state, event, now);
  const decisions: Decision[] = [];
  for (let decision = decide(state, now); decision; decision = decide(state, now)) decisions.push(decision);
  return decisions;
};

/** Takes an event in without deciding: for rebuilding a line from what is known. */
export const take = (state: SchedulerState, event: SchedulerEvent, now: number): void => {
  switch (event.type) {
    case 'arrived':
      if (!state.jobs.has(event.job.id) && !state.running.has(event.job.id))
        enqueue(state, event.job, event.deadline ?? event.job.arrivedAt + worstWaitMs(state, event.job, now));
      return;
    case 'withdrawn': {
      const waiting = state.jobs.get(event.id);
      if (waiting) withdraw(state, waiting);
      else finish(state, event.id, 0);
      return;
    }
    case 'finished':
      finish(state, event.id, event.usedMs);
      return;
    case 'returned': {
      const running = state.running.get(event.id);
      if (!running) return;
      state.running.delete(event.id);
      const line = lineOf(state, running.job);
      line.running -= 1;
      line.position -= running.job.estimateMs / line.weight;
      returnToLine(state, running);
      return;
    }
    case 'loaded':
      if (state.loaded === event.model) return;
      if (event.model !== null) state.passedOver.delete(event.model);
      state.loaded = event.model;
      state.stintSince = now;
      state.warmConversation = null;
      return;
    case 'ranked': {
      const waiting = state.jobs.get(event.id);
      if (!waiting) return;
      waiting.job = { ...waiting.job, rank: event.rank };
      if (event.rank === undefined) state.ranked.delete(event.id);
      else state.ranked.add(event.id);
      return;
    }
    case 'controls':
      applyControls(state, event.controls);
      return;
    case 'configured':
      state.config = event.config;
      return;
    case 'tick':
      return;
  }
};

const withdraw = (state: SchedulerState, waiting: Waiting): void => {
  const line = lineOf(state, waiting.job);
  dequeue(state, waiting);
  forgetIdle(state.classes[waiting.job.class], line);
};

const finish = (state: SchedulerState, id: string, usedMs: number): void => {
  const running = state.running.get(id);
  if (!running) return;
  state.running.delete(id);
  const { job } = running;
  const own = state.classes[job.class];
  const line = lineOf(state, job);
  line.running -= 1;
  // The estimate was charged at the start; the person pays what was really used.
  line.position += (usedMs - job.estimateMs) / line.weight;
  for (const name of workClasses) {
    const other = state.classes[name];
    if (name === job.class) other.credit = Math.max(0, other.credit - usedMs);
    else if (name !== 'interactive' && other.waiting > 0) other.credit += usedMs * state.config.floors[name];
  }
  forgetIdle(own, line);
};

/** Margin in which a job that nears its stated worst wait is taken out of turn. */
const overdue = (state: SchedulerState, heads: Scene['heads'], now: number): Waiting | null => {
  let first: Waiting | null = null;
  for (const name of workClasses) {
    for (const head of heads(name).values()) {
      const { waiting } = head;
      const needs =
        stepMs(state, waiting.job) + (waiting.job.model === null || waiting.job.model === state.loaded ? 0 : state.config.switchMs(waiting.job.model));
      if (waiting.deadline - now <= needs && (!first || waiting.deadline < first.deadline)) first = waiting;
    }
  }
  return first;
};

const ranked = ({ ranked: ids, jobs, controls }: SchedulerState): Waiting | null => {
  let first: Waiting | null = null;
  for (const id of ids) {
    const waiting = jobs.get(id)!;
    const { user, class: name, model } = waiting.job;
    if (controls.pausedAll || controls.pausedUsers.has(user) || controls.pausedClasses.has(name) || (model !== null && controls.pausedModels.has(model)))
      continue;
    if (!first || waiting.job.rank! < first.job.rank!) first = waiting;
  }
  return first;
};

/** One decision, or none: the slots are full, nothing may run, or another model is wanted and the loaded one still works. */
export const decide = (state: SchedulerState, now: number): Decision | null => {
  if (state.jobs.size === 0 || state.running.size >= state.config.slots) return null;
  const heads = new Map<WorkClass, Map<string | null, Head>>();
  const scene: Scene = {
    config: state.config,
    loaded: state.loaded,
    stintSince: state.stintSince,
    passedOver: state.passedOver,
    credits: { interactive: 0, agent: state.classes.agent.credit, background: state.classes.background.credit },
    heads: (name: WorkClass) => {
      const known = heads.get(name) ?? headsOf(state, name);
      heads.set(name, known);
      return known;
    },
    owed: (name) => owedTo(state.classes[name], state),
  };
  const waiting = (state.ranked.size > 0 ? ranked(state) : null) ?? overdue(state, scene.heads, now) ?? choose(scene, now)?.waiting;
  if (!waiting) return null;
  const { job } = waiting;
  const switchTo = job.model !== null && job.model !== state.loaded ? job.model : null;
  if (switchTo !== null && [...state.running.values()].some(({ job: { model } }) => model !== null)) return null;
  start(state, waiting, switchTo, now);
  return { id: job.id, switchTo };
};

const waitedFor = ({ classes }: SchedulerState): Set<string | null> => new Set(workClasses.flatMap((name) => [...classes[name].queues.keys()]));

const start = (state: SchedulerState, waiting: Waiting, switchTo: string | null, now: number): void => {
  const { job } = waiting;
  const own = state.classes[job.class];
  const line = lineOf(state, job);
  const position = positionOf(own, line);
  line.position = position + job.estimateMs / line.weight;
  advanceClock(own, job.model, position);
  dequeue(state, waiting);
  line.running += 1;
  state.running.set(job.id, { job, waiting, startedAt: now });
  if (switchTo !== null) state.loaded = switchTo;
  // A model that is kept beyond its stint begins another one.
  if (switchTo !== null || (job.model !== null && now - state.stintSince >= stintMs(state.config, job.model))) {
    notePassedOver(state.passedOver, state.loaded!, waitedFor(state));
    state.stintSince = switchTo === null ? now : now + state.config.switchMs(switchTo);
  }
  if (job.model !== null) state.warmConversation = job.conversation ?? null;
};

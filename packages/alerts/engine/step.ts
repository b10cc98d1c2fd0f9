import type { SignalName } from '#contracts';
import type { Firing } from './causes.ts';
import { reconcile } from './incidents.ts';
import { freshInstance, hear, missOut, severityOf } from './instance.ts';
import { isMuted } from './mutes.ts';
import { tell } from './telling.ts';
import { readingsKey, type EngineState, type Instance, type Reading, type Rule, type StepInput, type Transition } from './types.ts';

/** Signals whose source names everything that there is: a series that is not named is at 0, not silent. */
const COMPLETE: ReadonlySet<SignalName> = new Set<SignalName>([
  'service.down',
  'service.restarts',
  'queue.waiting',
  'queue.oldest',
  'index.failed',
  'index.oldest',
  'log.matches',
  'healing.issue',
]);
/** Whether the source of a signal names everything that there is: what it does not name is well, not silent. */
export const namesAll = (signal: SignalName): boolean => COMPLETE.has(signal);

/** A series that was silent for this long and does not fire is forgotten: a disk that was pulled out, a process of an earlier release. */
const FORGET_AFTER_MS = 86_400_000;
/** More than this many steps at once is not time that was lived through: the machine slept, or its clock was set. */
const LONGEST_STEPS = 3;

/** What happens to time in a step: a clock that was put back or jumped ahead moves no timer by more than three steps. */
const elapsed = ({ lastNow }: EngineState, { now, intervalMs }: StepInput): number =>
  lastNow === null ? 0 : Math.max(0, Math.min(now - lastNow, LONGEST_STEPS * intervalMs));

const watchedByRules = new WeakMap<readonly Rule[], ReadonlyMap<string, string>>();
/** What each rule looks at, told once for each list of rules. */
const watchedOf = (rules: readonly Rule[]): ReadonlyMap<string, string> => {
  let watched = watchedByRules.get(rules);
  if (!watched) watchedByRules.set(rules, (watched = new Map(rules.map((rule) => [rule.id, `${readingsKey(rule)}\n${rule.device}`]))));
  return watched;
};

/** Rules that were switched off, removed, or look at something else now: what they saw is not over, it is not looked at any more. */
const goneRules = (state: EngineState, watched: ReadonlyMap<string, string>): ReadonlySet<string> => {
  const gone = new Set<string>();
  if (state.watched === watched) return gone;
  for (const id of state.instances.keys()) {
    const [before, now] = [state.watched.get(id), watched.get(id)];
    if (now === undefined || (before !== undefined && before !== now)) gone.add(id);
  }
  return gone;
};

/** One rule on all its series. Returns the instances, the same object where nothing was read and nothing changed. */
const evaluate = (
  rule: Rule,
  before: ReadonlyMap<string, Instance> | undefined,
  read: readonly Reading[] | undefined,
  awakeMs: number,
  intervalMs: number,
): ReadonlyMap<string, Instance> => {
  const instances = new Map<string, Instance>();
  for (const { device, value } of read ?? []) {
    if (rule.device !== '*' && rule.device !== device) continue;
    instances.set(device, hear(rule, before?.get(device) ?? freshInstance(awakeMs), value, awakeMs));
  }
  const complete = read !== undefined && namesAll(rule.signal);
  for (const [device, instance] of before ?? []) {
    if (instances.has(device)) continue;
    const next = complete ? hear(rule, instance, 0, awakeMs) : missOut(rule, instance, awakeMs, intervalMs);
    const over = complete ? next.severity === null : next.severity === null && rule.noData === null && awakeMs - next.seenAt > FORGET_AFTER_MS;
    if (!over) instances.set(device, next);
  }
  // A rule about silence must notice also what was never heard.
  if (rule.noData && instances.size === 0) {
    const device = rule.device === '*' ? '' : rule.device;
    instances.set(device, missOut(rule, freshInstance(awakeMs), awakeMs, intervalMs));
  }
  return instances;
};

const firingOf = (rule: Rule, instances: ReadonlyMap<string, Instance>, found: Firing[]): void => {
  for (const [device, instance] of instances) {
    if (instance.firingSince === null) continue;
    const severity = severityOf(rule, instance);
    if (severity === null) continue;
    found.push({
      member: `${rule.id}\n${device}`,
      ruleId: rule.id,
      device,
      severity,
      value: instance.value,
      silent: instance.silent,
      cause: rule.cause,
      key: rule.perDevice && device !== '' ? `${rule.cause}:${device}` : rule.cause,
      firingSince: instance.firingSince,
    });
  }
};

const isEnd = ({ kind }: Transition): boolean => kind === 'resolved' || kind === 'withdrawn' || kind === 'merged';

/**
 * The alert engine: what was known, what was read and what time it is, to what is known now and what changed. No clock, no chance
 * and no I/O of its own, so that any evaluation can be repeated.
 */
export const step = (rules: readonly Rule[], state: EngineState, input: StepInput): { state: EngineState; transitions: Transition[] } => {
  const awakeMs = state.awakeMs + elapsed(state, input);
  const instances = new Map<string, ReadonlyMap<string, Instance>>();
  const firing: Firing[] = [];
  const watched = watchedOf(rules);
  const gone = goneRules(state, watched);
  for (const rule of rules) {
    const before = gone.has(rule.id) ? undefined : state.instances.get(rule.id);
    const own = evaluate(rule, before, input.readings.get(readingsKey(rule)), awakeMs, input.intervalMs);
    if (own.size > 0) instances.set(rule.id, own);
    firingOf(rule, own, firing);
  }

  const { incidents, memory, transitions } = reconcile(state, firing, awakeMs, input, gone);
  if (incidents.size === 0 && transitions.length === 0) return { state: { awakeMs, lastNow: input.now, instances, watched, incidents, memory }, transitions };

  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const rulesOf = (members: readonly string[]): Rule[] => members.flatMap((member) => byId.get(member.slice(0, member.indexOf('\n'))) ?? []);
  const firingByMember = new Map(firing.map((one) => [one.member, one]));
  const told: Transition[] = [];
  for (const transition of transitions) {
    if (!isEnd(transition)) continue;
    const { key, cause, members, toldAt } = transition.incident;
    const muted = isMuted(input.mutes, { key, cause, ruleIds: rulesOf(members).map(({ id }) => id) }, input.now);
    told.push({ ...transition, tell: transition.kind === 'resolved' && toldAt !== null && !muted });
  }
  for (const [key, incident] of incidents) {
    const own = transitions.filter((each) => each.incident.id === incident.id && !isEnd(each));
    const present = incident.members.flatMap((member) => firingByMember.get(member) ?? []);
    if (present.length === 0) continue; // waits whether it is calm
    const members = present.map(({ ruleId, device, severity, value, silent }) => ({ ruleId, device, severity, value, silent }));
    const answer = tell(incident, own, { rules: rulesOf(incident.members), awakeMs, memory: memory.get(key), input, members });
    incidents.set(key, answer.incident);
    if (answer.memory) memory.set(key, answer.memory);
    told.push(...answer.transitions);
  }
  return { state: { awakeMs, lastNow: input.now, instances, watched, incidents, memory }, transitions: told };
};

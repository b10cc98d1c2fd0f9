import { findRoots, upstreamOf, type Firing } from './causes.ts';
import { incidentId } from './incident-id.ts';
import { rank, worstOf } from './severity.ts';
import type { CauseMemory, EngineState, OpenIncident, StepInput, Transition, TransitionKind } from './types.ts';

/** How long a part that depends on others waits for one of them to show that it is the cause: two steps of five seconds. */
const SETTLE_MS = 10_000;
/** This many ends within the window, and the next beginning is called coming and going. */
const FLAP_ENDS = 2;
const FLAP_WINDOW_MS = 60 * 60_000;
/** How long what came and went must be quiet to count as over. */
const CALM_MS = 10 * 60_000;

interface Reconciled {
  incidents: Map<string, OpenIncident>;
  memory: Map<string, CauseMemory>;
  transitions: Transition[];
}

const membersOf = (incident: OpenIncident, firing: ReadonlyMap<string, Firing>): Firing[] =>
  incident.members.flatMap((member) => {
    const one = firing.get(member);
    return one ? [one] : [];
  });

/**
 * Puts each firing instance into the incident of its cause, opens and ends incidents. Says what changed; who is told is decided elsewhere.
 * `gone` are rules that look no more: an incident that they alone saw is withdrawn, which is no recovery.
 */
export const reconcile = (
  state: EngineState,
  all: readonly Firing[],
  awakeMs: number,
  { now, dependencies, acknowledged }: StepInput,
  gone: ReadonlySet<string>,
): Reconciled => {
  const firing = new Map(all.map((one) => [one.member, one]));
  const roots = findRoots(all, dependencies);
  const incidents = new Map(state.incidents);
  const memory = new Map(state.memory);
  const transitions: Transition[] = [];
  const home = new Map<string, string>();
  for (const incident of incidents.values()) for (const member of incident.members) home.set(member, incident.key);

  const note = (kind: TransitionKind, incident: OpenIncident, more: Partial<Transition> = {}): void => {
    const members = membersOf(incident, firing).map(({ ruleId, device, severity, value, silent }) => ({ ruleId, device, severity, value, silent }));
    transitions.push({ kind, at: now, incident, members, tell: false, ...more });
  };

  const join = (key: string, member: string): boolean => {
    const incident = incidents.get(key);
    if (!incident || incident.members.includes(member)) return false;
    incidents.set(key, { ...incident, members: [...incident.members, member], calmSince: null });
    return true;
  };

  const open = (key: string, cause: string, one: Firing): void => {
    const ended = (memory.get(key)?.ended ?? []).filter((at) => awakeMs - at < FLAP_WINDOW_MS);
    const incident: OpenIncident = {
      id: incidentId(key, now, ended.length),
      key,
      cause,
      openedAt: now,
      severity: one.severity,
      members: [one.member],
      toldSeverity: null,
      toldAt: null,
      acknowledged: false,
      escalations: 0,
      flapping: ended.length >= FLAP_ENDS,
      calmSince: null,
      silent: one.silent,
    };
    incidents.set(key, incident);
  };

  /** The cause shows itself after what it brought down: the incident is the same, under its right name. */
  const reroot = (from: OpenIncident, key: string, cause: string): void => {
    incidents.delete(from.key);
    const root = incidents.get(key);
    if (!root) {
      incidents.set(key, { ...from, key, cause });
      rerooted.add(key);
      return;
    }
    incidents.set(key, { ...root, members: [...new Set([...root.members, ...from.members])] });
    note('merged', from, { into: root.id });
  };

  const opened = new Set<string>();
  const rerooted = new Set<string>();
  const grown = new Set<string>();
  for (const one of all) {
    const root = roots.get(one.member)!;
    const at = home.get(one.member);
    const current = at === undefined ? undefined : incidents.get(at);
    if (current) {
      if (current.key !== root.key && upstreamOf(current.cause, dependencies).includes(root.cause)) reroot(current, root.key, root.cause);
      continue;
    }
    if (incidents.has(root.key)) {
      if (join(root.key, one.member) && !opened.has(root.key)) grown.add(root.key);
      continue;
    }
    // A part whose cause may be another waits a moment, and then is its own cause.
    if (upstreamOf(one.cause, dependencies).length > 0 && root.cause === one.cause && awakeMs - one.firingSince < SETTLE_MS) continue;
    open(root.key, root.cause, one);
    opened.add(root.key);
  }

  for (const [key, before] of [...incidents]) {
    let incident = before;
    if (!incident.acknowledged && acknowledged.has(incident.id)) incident = { ...incident, acknowledged: true };
    const present = membersOf(incident, firing);
    if (present.length === 0) {
      const calmSince = incident.calmSince ?? awakeMs;
      if (incident.members.every((member) => gone.has(member.slice(0, member.indexOf('\n'))))) {
        incidents.delete(key);
        note('withdrawn', incident, { durationMs: Math.max(0, now - incident.openedAt) });
        continue;
      }
      if (incident.flapping && awakeMs - calmSince < CALM_MS) {
        incidents.set(key, { ...incident, calmSince });
        continue;
      }
      incidents.delete(key);
      const known = memory.get(key);
      memory.set(key, { ended: [...(known?.ended ?? []).filter((at) => awakeMs - at < FLAP_WINDOW_MS), awakeMs], toldAt: known?.toldAt ?? {} });
      // A quiet time that was only waited for is no part of the trouble.
      note('resolved', incident, { durationMs: Math.max(0, now - incident.openedAt - (awakeMs - calmSince)) });
      continue;
    }
    const severity = worstOf(present.map((one) => one.severity));
    const silent = present.every((one) => one.silent);
    const after: OpenIncident = {
      ...incident,
      severity,
      silent,
      calmSince: null,
      members: incident.flapping ? incident.members : present.map(({ member }) => member),
    };
    incidents.set(key, after);
    if (opened.has(key)) note(after.flapping ? 'flapping' : 'opened', after);
    else {
      if (rerooted.has(key)) note('rerooted', after);
      if (grown.has(key)) note('grown', after);
      if (silent !== incident.silent) note(silent ? 'silent' : 'heard', after);
      if (rank(severity) !== rank(incident.severity)) note(rank(severity) > rank(incident.severity) ? 'raised' : 'lowered', after);
    }
  }
  return { incidents, memory, transitions };
};

import type { Severity, Words } from '#contracts';
import { emptyState, rank, readingsKey, step, type Rule, type Transition } from '../engine/index.ts';
import { fillSentence } from '../rules/sentence.ts';
import type { Frame } from './frames.ts';

interface TriedIncident {
  key: string;
  device: string;
  severity: Severity;
  openedAt: number;
  resolvedAt: number | null;
  durationMs: number | null;
  peak: number | null;
  told: boolean;
}

export interface BackTestResult {
  incidents: TriedIncident[];
  messages: { at: number; kind: 'opened' | 'raised' | 'resolved'; severity: Severity; device: string; title: Words }[];
  /** Values that were read. */
  samples: number;
}

/** Nobody acknowledges in a trial, and nobody is handed anything: escalation depends on people. */
const NEVER = { afterMs: Infinity, steps: 0 };

/**
 * Tries a rule on what was heard, look by look, by the engine itself: thresholds, times, coming and going, the cooldown. `everyMs` is the time between
 * looks. Pure: the same frames give the same answer.
 */
export const createBackTest = (rule: Rule, everyMs: number) => {
  const rules = [rule];
  const key = readingsKey(rule);
  const incidents = new Map<string, TriedIncident>();
  const messages: BackTestResult['messages'] = [];
  const nobody = new Set<string>();
  let state = emptyState();
  let samples = 0;

  const note = (transition: Transition): void => {
    const { kind, at, incident, members, tell, durationMs = null } = transition;
    const worst = [...members].sort((a, b) => rank(b.severity) - rank(a.severity))[0];
    let known = incidents.get(incident.id);
    if (!known) {
      known = {
        key: incident.key,
        device: worst?.device ?? '',
        severity: incident.severity,
        openedAt: incident.openedAt,
        resolvedAt: null,
        durationMs: null,
        peak: null,
        told: false,
      };
      incidents.set(incident.id, known);
    }
    if (rank(incident.severity) > rank(known.severity)) known.severity = incident.severity;
    if (kind === 'resolved') {
      known.resolvedAt = at;
      known.durationMs = durationMs;
    }
    if (!tell) return;
    known.told = true;
    const title = worst ? fillSentence(rule, worst) : { en: rule.name };
    const said = kind === 'resolved' ? 'resolved' : kind === 'raised' ? 'raised' : 'opened';
    const last = messages.findLast(({ device }) => device === known.device);
    messages.push({ at, kind: said, severity: incident.severity, device: known.device, title: said === 'resolved' && last ? last.title : title });
  };

  const watchPeaks = (): void => {
    const instances = state.instances.get(rule.id);
    for (const { id, members } of state.incidents.values()) {
      const incident = incidents.get(id);
      if (!incident) continue;
      for (const member of members) {
        const value = instances?.get(member.slice(member.indexOf('\n') + 1))?.value;
        if (value === undefined || value === null) continue;
        if (incident.peak === null || (rule.side === 'above' ? value > incident.peak : value < incident.peak)) incident.peak = value;
      }
    }
  };

  return {
    look({ now, readings }: Frame): void {
      samples += readings?.length ?? 0;
      const { state: next, transitions } = step(rules, state, {
        now,
        readings: readings === null ? new Map() : new Map([[key, readings]]),
        intervalMs: everyMs,
        acknowledged: nobody,
        mutes: [],
        escalation: NEVER,
        dependencies: {},
      });
      state = next;
      transitions.forEach(note);
      if (state.incidents.size > 0) watchPeaks();
    },
    result: (): BackTestResult => ({ incidents: [...incidents.values()], messages, samples }),
  };
};

import { isMuted } from './mutes.ts';
import { rank } from './severity.ts';
import type { CauseMemory, OpenIncident, Rule, StepInput, Transition } from './types.ts';

interface Told {
  incident: OpenIncident;
  memory: CauseMemory | undefined;
  transitions: Transition[];
}

type Why = Transition['held'] | undefined;

/**
 * Decides for one open incident whether people are told now: when it is new or worse than what they know, outside of silences,
 * and not sooner than the cooldown after the last time. What is held back is told when that ends, if it still lasts.
 */
export const tell = (
  incident: OpenIncident,
  own: readonly Transition[],
  {
    rules,
    awakeMs,
    memory,
    input,
    members,
  }: { rules: readonly Rule[]; awakeMs: number; memory: CauseMemory | undefined; input: StepInput; members: Transition['members'] },
): Told => {
  const { now, mutes, escalation } = input;
  const { severity } = incident;
  const muted = isMuted(mutes, { key: incident.key, cause: incident.cause, ruleIds: rules.map(({ id }) => id) }, now);
  const news = rank(severity) > rank(incident.toldSeverity);
  const cooldownMs = Math.min(...rules.map((rule) => rule.cooldownMs));
  const last = memory?.toldAt[severity];
  const held: Why = !news ? undefined : muted ? 'muted' : last !== undefined && awakeMs - last < cooldownMs ? 'cooldown' : undefined;

  if (news && held === undefined) {
    const told: OpenIncident = { ...incident, toldSeverity: severity, toldAt: incident.toldAt ?? awakeMs };
    const carrier = own.find(({ kind }) => kind === 'opened' || kind === 'flapping' || kind === 'raised');
    const transitions: Transition[] = carrier
      ? own.map((each) => ({ ...each, incident: told, tell: each === carrier }))
      : [...own.map((each) => ({ ...each, incident: told })), { kind: 'told', at: now, incident: told, members, tell: true }];
    return { incident: told, memory: { ended: memory?.ended ?? [], toldAt: { ...memory?.toldAt, [severity]: awakeMs } }, transitions };
  }

  const due = incident.toldAt !== null && awakeMs - incident.toldAt >= (incident.escalations + 1) * escalation.afterMs;
  if (due && !muted && !incident.acknowledged && incident.escalations < escalation.steps) {
    const escalated = { ...incident, escalations: incident.escalations + 1 };
    return {
      incident: escalated,
      memory,
      transitions: [
        ...own.map((each) => ({ ...each, incident: escalated })),
        { kind: 'escalated', at: now, incident: escalated, members, tell: true, escalation: escalated.escalations },
      ],
    };
  }
  return { incident, memory, transitions: own.map((each) => ({ ...each, ...(held === undefined ? {} : { held }) })) };
};

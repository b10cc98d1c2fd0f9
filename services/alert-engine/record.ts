import { duration, fillSentence, notify, rank, type Rule, type Transition } from '#alerts';
import type { Words } from '#contracts';
import type { Tx } from '#db';
import { fixupName } from '#healing';
import { incidentsRepository } from './incidents.repository.ts';

const topics: Partial<Record<Transition['kind'], string>> = { raised: 'incident.raised', escalated: 'incident.escalated' };

const recovery = (title: Words, durationMs: number, healedBy: string | null): { title: Words; body: Words } => {
  const lasted = duration(durationMs / 1000);
  const by = healedBy === null ? null : fixupName(healedBy);
  return {
    title: { en: `Over: ${title.en}`, de: `Vorbei: ${title.de ?? title.en}` },
    body: {
      en: `It lasted ${lasted.en}.${by === null ? '' : ` Healed by: ${by.en}.`}`,
      de: `Dauer: ${lasted.de}.${by === null ? '' : ` Behoben durch: ${by.de ?? by.en}.`}`,
    },
  };
};

/** Writes one change of an incident: its row, its timeline, and what people are told of it, in one transaction. */
export const recordTransition = async (tx: Tx, transition: Transition, rules: ReadonlyMap<string, Rule>): Promise<void> => {
  const { kind, incident, members, tell, held, durationMs, into, escalation = 0 } = transition;
  const at = new Date(transition.at);
  const link = `/incidents/${incident.id}`;
  const told = { severity: incident.severity, link, incidentId: incident.id, escalationStep: escalation };
  const note = () =>
    incidentsRepository.addEvent(tx, incident.id, at, kind, {
      severity: incident.severity,
      told: tell,
      ...(held && { held }),
      ...(into && { into }),
      ...(durationMs !== undefined && { durationMs }),
    });
  if (kind === 'resolved') {
    await note();
    const ended = await incidentsRepository.resolve(tx, incident.id, at);
    if (!ended || !tell) return;
    await notify(tx, {
      ...told,
      ...recovery(ended.title, durationMs ?? 0, ended.healedBy),
      topic: 'incident.resolved',
      dedupeKey: `incident:${incident.id}:resolved`,
    });
    return;
  }
  if (kind === 'withdrawn') {
    await note();
    await incidentsRepository.withdraw(tx, incident.id, at);
    return;
  }
  if (kind === 'merged') {
    await note();
    if (into !== undefined) await incidentsRepository.merge(tx, incident.id, into, at);
    return;
  }
  const worst = [...members].sort((a, b) => rank(b.severity) - rank(a.severity))[0];
  const rule = worst && rules.get(worst.ruleId);
  if (!worst || !rule) return;
  const title = fillSentence(rule, worst);
  await incidentsRepository.put(tx, {
    id: incident.id,
    cause: incident.key,
    severity: incident.severity,
    title,
    ruleId: rule.id,
    device: worst.device,
    value: worst.value,
    members,
    noData: incident.silent,
    flapping: incident.flapping,
    told: incident.toldAt !== null,
    openedAt: new Date(incident.openedAt),
  });
  await note();
  if (!tell) return;
  await notify(tx, {
    ...told,
    topic: topics[kind] ?? 'incident.opened',
    title,
    dedupeKey: `incident:${incident.id}:${kind}:${transition.at}`,
    details: { cause: incident.key, value: worst.value, device: worst.device },
  });
};

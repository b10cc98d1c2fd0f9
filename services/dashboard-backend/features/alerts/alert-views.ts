import { isInForce, namesAll, type Try } from '#alerts';
import {
  alertSignals,
  ruleDefinition,
  thresholdMetrics,
  type IncidentMember,
  type IncidentTry,
  type IncidentView,
  type RuleView,
  type Severity,
  type SignalName,
  type SilenceView,
  type Words,
} from '#contracts';
import { AppError } from '#kit';
import type { AlertsRepository, Standing } from './alerts.repository.ts';

export type IncidentRow = Awaited<ReturnType<AlertsRepository['list']>>[number];
type SilenceRow = Awaited<ReturnType<AlertsRepository['silences']>>[number];
type RuleRow = Awaited<ReturnType<AlertsRepository['rules']>>[number];

export const noIncident = () => new AppError('not_found', { message: 'There is no such incident.' });

const when = (at: Date | null): string | null => at?.toISOString() ?? null;

export const toIncident = (row: IncidentRow): IncidentView => {
  const rule = ruleDefinition.safeParse(row.definition).data;
  return {
    id: row.id,
    cause: row.cause,
    state: row.state as IncidentView['state'],
    severity: row.severity as Severity,
    title: row.title as unknown as Words,
    device: row.device,
    value: row.value,
    unit: rule ? alertSignals[rule.signal].unit : '',
    noData: row.no_data,
    flapping: row.flapping,
    told: row.told,
    openedAt: row.opened_at.toISOString(),
    acknowledgedAt: when(row.acknowledged_at),
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: when(row.resolved_at),
    healedBy: row.healed_by,
    mergedInto: row.merged_into,
    members: (row.members as unknown[]).length,
    runbook: rule?.runbook ?? '',
  };
};

/** The rules that see it; one that was removed since is not named. */
export const toMembers = (row: IncidentRow, rules: readonly RuleRow[]): IncidentMember[] =>
  (row.members as unknown as { ruleId: string; device: string; severity: Severity; value: number | null }[]).flatMap((member) => {
    const rule = rules.find(({ id }) => id === member.ruleId);
    const definition = ruleDefinition.safeParse(rule?.definition).data;
    if (!rule || !definition) return [];
    const { ruleId, device, severity, value } = member;
    return [{ rule: rule.name, ruleId, device, severity, value, title: definition.sentence, runbook: definition.runbook }];
  });

const BEFORE_MS = 30 * 60_000;

/** The metric around the moment, where one is measured. */
export const toChart = (row: IncidentRow, now: number) => {
  const signal = ruleDefinition.safeParse(row.definition).data?.signal;
  if (!signal?.startsWith('metric.')) return null;
  const { fromMs, toMs } = momentOf(row, now);
  return { metric: signal.slice('metric.'.length), device: row.device, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
};

/** Over which time the past of an incident is shown: half an hour before it, and as much after it where that has passed. */
export const momentOf = (row: IncidentRow, now: number): { fromMs: number; toMs: number } => {
  const opened = row.opened_at.getTime();
  return { fromMs: opened - BEFORE_MS, toMs: Math.max(opened, Math.min(now, (row.resolved_at?.getTime() ?? now) + BEFORE_MS)) };
};

export const toTry = ({ at, finished_at: finished, what, subject, outcome, reason, by }: Try): IncidentTry => ({
  at: at.toISOString(),
  what,
  subject,
  outcome,
  reason,
  tookMs: finished ? Math.max(0, finished.getTime() - at.getTime()) : null,
  by,
});

export const toSilence = (row: SilenceRow, now: number): SilenceView => {
  const repeats = row.repeats as SilenceView['repeats'];
  return {
    id: row.id,
    kind: row.kind as SilenceView['kind'],
    target: row.target,
    reason: row.reason,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    repeats,
    createdBy: row.created_by,
    active: isInForce({ target: row.target, from: row.starts_at.getTime(), until: row.ends_at.getTime(), repeats }, now),
  };
};

const thresholdKeys = new Set<string>(thresholdMetrics.map((metric) => `metric.${metric}`));

const standingOf = (enabled: boolean, signal: SignalName, standing: Standing | undefined): RuleView['now'] => {
  if (!enabled) return 'off';
  if (!standing) return namesAll(signal) ? 'calm' : 'unheard';
  const { series, firing, silent, pending } = standing;
  return silent === series ? 'silent' : firing > 0 ? 'firing' : pending > 0 ? 'pending' : 'calm';
};

/** Null for a rule of another release that this one cannot read. */
export const toRule = (row: RuleRow, standing?: Standing): RuleView | null => {
  const definition = ruleDefinition.safeParse(row.definition).data;
  if (!definition) return null;
  const { id, key, name, enabled, edited, updated_at } = row;
  const fromThresholds = key !== null && thresholdKeys.has(key) && !edited;
  return {
    id,
    key,
    name,
    enabled,
    edited,
    fromThresholds,
    definition,
    now: standingOf(enabled, definition.signal, standing),
    updatedAt: updated_at.toISOString(),
  };
};

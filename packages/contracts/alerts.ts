import { z } from 'zod';
import { severity, words } from './alert-rules.ts';
import { id, instant, pageQuery } from './common.ts';
import { seriesPoint } from './metrics.ts';
import { strictly } from './strict-object.ts';

export const incidentStates = ['open', 'acknowledged', 'resolved', 'merged'] as const;

/** One thing that is wrong, whatever the number of rules that see it. */
export const incidentView = z.object({
  id,
  /** The part of the box, with the device where there are several: `disk:/data`. */
  cause: z.string(),
  state: z.enum(incidentStates),
  severity,
  title: words,
  device: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  /** Nothing is heard of it now; it may be better or worse. */
  noData: z.boolean(),
  /** It came and went so often that people are told once. */
  flapping: z.boolean(),
  told: z.boolean(),
  openedAt: instant,
  acknowledgedAt: instant.nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: instant.nullable(),
  healedBy: z.string().nullable(),
  mergedInto: id.nullable(),
  /** How many rules or series see it. */
  members: z.number().int(),
  runbook: z.string(),
});
export type IncidentView = z.infer<typeof incidentView>;

export const incidentMember = z.object({
  rule: z.string(),
  ruleId: id,
  device: z.string(),
  severity,
  value: z.number().nullable(),
  title: words,
  runbook: z.string(),
});
export type IncidentMember = z.infer<typeof incidentMember>;

export const incidentEvent = z.object({ at: instant, event: z.string(), actor: z.string().nullable(), details: z.record(z.string(), z.unknown()) });
export type IncidentEvent = z.infer<typeof incidentEvent>;

export const suggestedRepair = z.object({ issueId: z.string(), fixup: z.string(), words });

/** A repair, or a start by the launcher, while it lasted. */
export const incidentTry = z.object({
  at: instant,
  what: z.string(),
  subject: z.string(),
  outcome: z.enum(['waits', 'runs', 'worked', 'failed', 'refused']),
  /** The reason of a failure; null where none is known. */
  reason: z.string().nullable(),
  tookMs: z.number().int().nullable(),
  /** Who asked for it; null: the box itself. */
  by: z.string().nullable(),
});
export type IncidentTry = z.infer<typeof incidentTry>;

export const incidentDetail = incidentView.extend({
  seenBy: z.array(incidentMember),
  timeline: z.array(incidentEvent),
  /** What a chart of the moment shows; null where nothing is measured. */
  chart: z.object({ metric: z.string(), device: z.string(), from: instant, to: instant }).nullable(),
  /** The same for signals that are no metrics, with the points themselves. */
  history: z.object({ from: instant, to: instant, series: z.array(z.object({ name: z.string(), points: z.array(seriesPoint) })) }).nullable(),
  /** From which values on each severity begins and is over, by the rule that speaks for it. */
  levels: z.array(z.object({ severity, enter: z.number(), leave: z.number() })),
  durationMs: z.number().int(),
  /** What was tried against it, oldest first. */
  tried: z.array(incidentTry),
  /** The silence that it lies in now. */
  silencedUntil: instant.nullable(),
  /** Who was told, and how that went. */
  told_to: z.array(z.object({ channel: z.string(), kind: z.string(), status: z.string(), at: instant.nullable(), error: z.string().nullable() })),
  repair: suggestedRepair.nullable(),
});
export type IncidentDetail = z.infer<typeof incidentDetail>;

export const incidentQuery = pageQuery.extend({
  state: z.enum(['now', 'over', 'all']).default('all'),
  severity: severity.optional(),
  q: z.string().trim().max(100).optional(),
});
export type IncidentQuery = z.infer<typeof incidentQuery>;

/** Quiet for so long, or until a moment. */
export const silenceCreate = strictly({
  kind: z.enum(['silence', 'maintenance']).default('silence'),
  /** A cause (`disk:/data`, or `disk` for all of them), a rule's id, or `*` for everything. */
  target: z.string().trim().min(1).max(200),
  reason: z.string().trim().max(500).default(''),
  startsAt: instant.optional(),
  endsAt: instant,
  repeats: z.enum(['daily', 'weekly']).optional(),
});
export type SilenceCreate = z.infer<typeof silenceCreate>;

export const silenceView = z.object({
  id,
  kind: z.enum(['silence', 'maintenance']),
  target: z.string(),
  reason: z.string(),
  startsAt: instant,
  endsAt: instant,
  repeats: z.enum(['daily', 'weekly']).nullable(),
  createdBy: z.string(),
  active: z.boolean(),
});
export type SilenceView = z.infer<typeof silenceView>;

/** What is wrong now, for every page: counts and the worst of it. */
export const alertSummary = z.object({
  open: z.number().int(),
  critical: z.number().int(),
  unacknowledged: z.number().int(),
  worst: z.object({ id, title: words, severity, openedAt: instant }).nullable(),
  silences: z.number().int(),
});
export type AlertSummary = z.infer<typeof alertSummary>;

/** A message of the bell. */
export const notificationView = z.object({
  id,
  topic: z.string(),
  severity,
  title: words,
  body: words.nullable(),
  link: z.string().nullable(),
  createdAt: instant,
  readAt: instant.nullable(),
});
export type NotificationView = z.infer<typeof notificationView>;
export const notificationPage = z.object({ items: z.array(notificationView), nextCursor: z.string().nullable(), unread: z.number().int() });

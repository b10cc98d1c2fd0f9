import { z } from 'zod';
import { instant, page, pageQuery } from './common.ts';

export const healingSeverity = z.enum(['INFO', 'WARNING', 'CRITICAL']);
export type HealingSeverity = z.infer<typeof healingSeverity>;

/** What may be done about an issue; `fixup` is what a request names. */
export const healingSuggestion = z.object({
  fixup: z.string(),
  /** What it does, in a sentence. */
  does: z.string(),
  /** What it may destroy; `nothing` when all that is lost comes back by itself. */
  destroys: z.string(),
  /** Whether the box does it by itself; else it waits for a person. */
  automatic: z.boolean(),
});

export const repairView = z.object({
  id: z.string(),
  issueId: z.string().nullable(),
  fixup: z.string(),
  subject: z.string(),
  status: z.enum(['waiting', 'requested', 'running', 'proven', 'failed', 'refused', 'dismissed']),
  destroys: z.string(),
  /** Null: the box itself. */
  askedBy: z.string().nullable(),
  attempt: z.number().int(),
  /** Why it failed or was refused. */
  reason: z.string().nullable(),
  /** What showed that it worked, or did not: the check and the canary. */
  proof: z.record(z.string(), z.unknown()).nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});
export type RepairView = z.infer<typeof repairView>;

export const issueView = z.object({
  id: z.string(),
  checkId: z.string(),
  subject: z.string(),
  severity: healingSeverity,
  /** `gone`: it was well again before anything was done. */
  status: z.enum(['open', 'healing', 'escalated', 'healed', 'gone']),
  description: z.string(),
  /** Why a repair cannot cure it; null while one may. */
  incurable: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()),
  sightings: z.number().int(),
  raisedAt: instant,
  lastSeenAt: instant,
  closedAt: instant.nullable(),
  healedBy: z.string().nullable(),
  suggestions: z.array(healingSuggestion),
});
export type IssueView = z.infer<typeof issueView>;

export const healingEventView = z.object({
  id: z.number().int(),
  at: instant,
  eventType: z.string(),
  severity: healingSeverity,
  description: z.string(),
  actionTaken: z.string().nullable(),
  step: z.enum(['raise', 'action', 'outcome', 'note']).nullable(),
  subject: z.string().nullable(),
  issueId: z.string().nullable(),
});
export type HealingEventView = z.infer<typeof healingEventView>;

export const canaryView = z.object({
  ok: z.boolean(),
  occasion: z.string(),
  question: z.string(),
  expected: z.string(),
  cited: z.string().nullable(),
  page: z.number().int().nullable(),
  tookMs: z.number(),
  answeredBy: z.string().nullable(),
  reason: z.string().nullable(),
  askedAt: instant,
});
export type CanaryView = z.infer<typeof canaryView>;

/** One box of the health map. */
export const healthPart = z.object({
  name: z.string(),
  /** What it needs to be well, by name. */
  needs: z.array(z.string()),
  state: z.enum(['well', 'starting', 'degraded', 'down', 'held', 'unknown']),
  /** What is wrong, in a sentence; null when all is well. */
  sentence: z.string().nullable(),
  since: instant.nullable(),
  restarts: z.number().int(),
  /** Whether a person may stop and start it. */
  canHold: z.boolean(),
  heldBy: z.string().nullable(),
});
export type HealthPart = z.infer<typeof healthPart>;

export const healthMap = z.object({
  at: instant,
  parts: z.array(healthPart),
  issues: z.array(issueView),
  canary: canaryView.nullable(),
  checks: z.array(
    z.object({
      checkId: z.string(),
      lastRunAt: instant,
      tookMs: z.number().int(),
      found: z.number().int(),
      error: z.string().nullable(),
      skipped: z.string().nullable(),
    }),
  ),
  /** What keeps the box from repairing itself just now: an update, a backup; null when nothing does. */
  maintenance: z.object({ name: z.string(), holder: z.string(), reason: z.string(), until: instant }).nullable(),
});
export type HealthMap = z.infer<typeof healthMap>;

export const issuesQuery = pageQuery.extend({ open: z.stringbool().optional() });
export const issuePage = page(issueView);
export const repairPage = page(repairView);
export const healingEventPage = page(healingEventView);

/** What the box may do by itself in half an hour, and what it has done. */
export const repairCaps = z.object({ used: z.number().int(), limit: z.number().int(), windowMs: z.number().int() });
export const repairsOverview = z.object({
  caps: repairCaps,
  waiting: z.array(repairView),
  restarts: z.array(
    z.object({
      id: z.number().int(),
      service: z.string(),
      reason: z.string(),
      initiatedBy: z.string().nullable(),
      detectedAt: instant,
      readyAt: instant.nullable(),
      durationMs: z.number().int().nullable(),
    }),
  ),
});
export type RepairsOverview = z.infer<typeof repairsOverview>;

export const repairRequest = z.object({ fixup: z.string().min(1).max(60) });

export const drillStepView = z.object({
  n: z.number().int(),
  fault: z.string(),
  part: z.string(),
  status: z.enum(['waiting', 'running', 'passed', 'failed', 'skipped']),
  reason: z.string().nullable(),
  injectedAt: instant.nullable(),
  /** From the fault to its being noticed. */
  detectedMs: z.number().int().nullable(),
  /** From the fault to the part's being well again. */
  healedMs: z.number().int().nullable(),
  /** From the fault to the canary's right answer. */
  provenMs: z.number().int().nullable(),
  restored: z.boolean(),
});
export type DrillStepView = z.infer<typeof drillStepView>;

export const drillView = z.object({
  id: z.string(),
  status: z.enum(['requested', 'running', 'done', 'failed', 'cancelled']),
  requestedBy: z.string().nullable(),
  requestedAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  error: z.string().nullable(),
  steps: z.array(drillStepView),
});
export type DrillView = z.infer<typeof drillView>;
export const drillPage = page(drillView);

export const issueReport = z.object({
  issue: issueView,
  repairs: z.array(repairView),
  events: z.array(healingEventView),
  /** Written from the rows. */
  text: z.string(),
  /** The same in words of the box's own model, when it was asked and could; never a source of facts. */
  words: z.object({ text: z.string(), model: z.string() }).nullable(),
});
export type IssueReport = z.infer<typeof issueReport>;

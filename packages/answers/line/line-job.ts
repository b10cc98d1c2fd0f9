import type { SchedulerJob, WorkClass } from '#scheduler';
import { jobPriority } from '../job-spec.ts';
import { predictCost, tokensOf, type Costs, type PredictedCost } from './costs.ts';
import type { LineConfig } from './line-config.ts';

/** A job in line as its rows have it. */
export interface LineRow {
  /** Its number in `llm_queue`, by order of arrival. */
  id: number;
  jobId: string;
  userId: number | null;
  priority: number;
  handRank: number | null;
  kind: string;
  /** As it was asked for. */
  model: string | null;
  conversationId: string | null;
  letters: number;
  maxTokens: number | null;
  createdAt: number;
  beginBy: number | null;
  /** Null while it waits. */
  startedAt: number | null;
  /** What it was estimated to take when it began. */
  chargedMs: number | null;
}

/** While nothing was measured: an answer of a small model on a small box. */
const UNMEASURED_JOB_MS = 20_000;

export interface KnownCosts {
  find(model: string | null, kind: string, userId: number): Costs | null;
}

export const classOf = (priority: number): WorkClass =>
  priority >= jobPriority.interactive ? 'interactive' : priority > jobPriority.background ? 'agent' : 'background';

export const userKey = (userId: number | null): string => (userId === null ? 'box' : `u${userId}`);

const modelOf = (row: LineRow, config: LineConfig): string => row.model ?? config.defaultModel ?? '';

export const predictedOf = (row: LineRow, config: LineConfig, costs: KnownCosts): PredictedCost | null => {
  const model = modelOf(row, config);
  return predictCost(costs.find(model, row.kind, 0), row.userId === null ? null : costs.find(model, row.kind, row.userId), {
    knownTokens: tokensOf(row.letters),
    maxTokens: row.maxTokens,
  });
};

export const toJob = (row: LineRow, config: LineConfig, costs: KnownCosts): SchedulerJob => {
  const predicted = predictedOf(row, config, costs);
  return {
    id: row.jobId,
    user: userKey(row.userId),
    class: classOf(row.priority),
    model: modelOf(row, config),
    arrivedAt: row.createdAt,
    estimateMs: row.chargedMs ?? Math.min(config.longestJobMs, predicted?.serviceMs ?? UNMEASURED_JOB_MS),
    capMs: config.longestJobMs,
    conversation: row.conversationId ?? undefined,
    savedMs: predicted ? predicted.firstMs / 2 : 0,
    rank: row.handRank ?? undefined,
  };
};

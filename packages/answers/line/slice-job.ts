import type { SchedulerJob, WorkClass } from '#scheduler';
import { userKey } from './line-job.ts';

/** No slice is planned to take longer, so that no question waits longer for one. */
export const SLICE_MS = 2_000;

export interface SliceColumns {
  id: string;
  user_id: number | null;
  class: WorkClass;
  estimate_ms: number;
  created_ms: number;
  started_ms: number | null;
}

/** A slice as the scheduler sees it. It needs no switch, and the box's own work is nobody's share. */
export const toSliceJob = (row: SliceColumns): SchedulerJob => ({
  id: row.id,
  user: row.user_id === null ? 'index' : userKey(row.user_id),
  class: row.class,
  model: null,
  arrivedAt: row.created_ms,
  estimateMs: Math.min(row.estimate_ms, SLICE_MS),
  capMs: SLICE_MS,
});

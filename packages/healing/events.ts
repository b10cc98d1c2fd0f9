import type { HealingSeverity } from '#contracts';
import type { Db } from '#db';

export interface HealingEvent {
  /** What it is about, such as `disk.space` or `service.restart`. */
  type: string;
  step: 'raise' | 'action' | 'outcome' | 'note';
  severity: HealingSeverity;
  description: string;
  /** What was done, for an action and its outcome. */
  action?: string;
  issueId?: string | null;
  repairId?: string | null;
  subject?: string;
  data?: Record<string, unknown>;
}

/** Writes one row of the timeline. */
export const recordHealingEvent = async (db: Db, event: HealingEvent): Promise<void> => {
  await db
    .insertInto('self_healing_events')
    .values({
      event_type: event.type,
      severity: event.severity,
      description: event.description,
      action_taken: event.action ?? null,
      step: event.step,
      issue_id: event.issueId ?? null,
      repair_id: event.repairId ?? null,
      subject: event.subject ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute();
};

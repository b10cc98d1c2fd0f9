import type { Db } from '#db';
import { recordHealingEvent } from '#healing';
import { bootId } from '../fixups/machine-reboot.ts';

/** After a start: whether the machine came back from a restart that was asked for, and what is still wrong. */
export const noteReturn = async (db: Db): Promise<void> => {
  const now = await bootId();
  const waiting = await db.selectFrom('reboot_events').selectAll().where('returned_at', 'is', null).execute();
  for (const event of waiting) {
    if (event.boot_before === now) continue;
    const issues = await db.selectFrom('healing_issues').select(['check_id', 'subject', 'description']).where('closed_at', 'is', null).execute();
    await db
      .updateTable('reboot_events')
      .set({ boot_after: now, returned_at: new Date(), post_state: JSON.stringify({ issues }), success: true })
      .where('id', '=', event.id)
      .execute();
    await recordHealingEvent(db, {
      type: 'machine.reboot',
      step: 'outcome',
      severity: 'INFO',
      description: `The machine is back after its restart (${event.reason}).`,
      action: 'machine.reboot',
      data: { issues: issues.length },
    });
  }
};

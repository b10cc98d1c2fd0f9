import type { ControlledPart } from '#contracts';
import type { ServiceControl } from '#clients';
import type { Db } from '#db';

/** Parts that a person stopped on purpose. */
export const listHolds = async (db: Db): Promise<Map<string, string>> => {
  const rows = await db.selectFrom('service_holds').select(['service_name', 'held_by']).execute();
  return new Map(rows.map((row) => [row.service_name, row.held_by]));
};

/** Makes the supervisor do what the rows say: what is held is stopped, and what is held no more is started. */
export const applyHolds = async (holds: ReadonlyMap<string, string>, parts: readonly ControlledPart[], control: ServiceControl): Promise<void> => {
  for (const part of parts) {
    const by = holds.get(part.name);
    if (by !== undefined && part.state !== 'stopped') await control.hold(part.name, { by, reason: `Stopped by ${by}.` });
    if (by === undefined && part.state === 'stopped') await control.restart(part.name, { by: 'self-healing', reason: 'It is not held any more.' });
  }
};

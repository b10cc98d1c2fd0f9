import { sql } from 'kysely';
import type { ControlledPart } from '#contracts';
import type { Database } from '#db';
import { recordHealingEvent } from '#healing';

/** What the supervisor did by itself, on the timeline: raise, action and outcome of each restart, once. */
const recordNews = async (
  database: Pick<Database, 'inTransaction'>,
  part: ControlledPart,
  { detectedAt, readyAt, reason, by }: ControlledPart['history'][number],
): Promise<'new' | 'ready' | 'known'> =>
  database.inTransaction(async (tx) => {
    const known = await tx
      .selectFrom('service_restarts')
      .select(['id', 'ready_at'])
      .where('service_name', '=', part.name)
      .where('detected_at', '=', new Date(detectedAt))
      .forUpdate()
      .executeTakeFirst();
    if (known?.ready_at || (known && readyAt === null)) return 'known';
    const durationMs = readyAt === null ? null : Date.parse(readyAt) - Date.parse(detectedAt);
    const row = { ready_at: readyAt === null ? null : new Date(readyAt), duration_ms: durationMs, success: readyAt === null ? null : true };
    const common = { type: 'service.restart', subject: part.name };
    if (known) await tx.updateTable('service_restarts').set(row).where('id', '=', known.id).execute();
    else {
      await tx
        .insertInto('service_restarts')
        .values({ service_name: part.name, reason, initiated_by: by, detected_at: new Date(detectedAt), ...row })
        .execute();
      const severity = by === null || by === 'launcher' ? 'WARNING' : 'INFO';
      await recordHealingEvent(tx, { ...common, step: 'raise', severity, description: reason, data: { by, detectedAt } });
      await recordHealingEvent(tx, {
        ...common,
        step: 'action',
        severity,
        description: `${part.name} is started again.`,
        action: 'service.restart',
        data: { by },
      });
    }
    if (readyAt === null) return 'new';
    await recordHealingEvent(tx, {
      ...common,
      step: 'outcome',
      severity: 'INFO',
      description: `${part.name} is ready again after ${(durationMs! / 1000).toFixed(1)} s.`,
      action: 'service.restart',
      data: { by, readyAt, durationMs },
    });
    return 'ready';
  });

/** Copies the supervisor's restarts into rows. Returns the parts that have become ready again since the last call. */
export const recordRestarts = async (database: Pick<Database, 'inTransaction' | 'db'>, parts: readonly ControlledPart[]): Promise<string[]> => {
  const back: string[] = [];
  const newest = await database.db
    .selectFrom('service_restarts')
    .select(['service_name', 'detected_at', 'ready_at'])
    .where('detected_at', '>', sql<Date>`now() - interval '2 hours'`)
    .execute();
  const key = (name: string, at: Date): string => `${name} ${at.getTime()}`;
  const finished = new Set(newest.filter((row) => row.ready_at).map((row) => key(row.service_name, row.detected_at)));
  for (const part of parts) {
    for (const restart of part.history) {
      if (finished.has(key(part.name, new Date(restart.detectedAt)))) continue;
      if ((await recordNews(database, part, restart)) === 'ready') back.push(part.name);
    }
  }
  return back;
};

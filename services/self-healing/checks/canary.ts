import { lastCanary } from '#canary';
import { defineCheck } from '../types.ts';

/** Asked again soon after a wrong answer: an hour is too long to stay in doubt. */
const DOUBT_MS = 2 * 60_000;
const LOOK_EVERY_MS = 15_000;
const PATIENCE_MS = 4 * 60_000;

/** Alive means that a known question gets its known citation, end to end. Asked in the rhythm of the settings; a wrong answer is asked about again before it counts. */
export const questionCanary = defineCheck({
  id: 'canary',
  everyMs: LOOK_EVERY_MS,
  slow: true,
  timeoutMs: PATIENCE_MS + 10_000,
  async look({ database, canary, settings, clock, held }, signal) {
    if ((await held()).size > 0) return { skipped: 'A part was stopped by a person.' };
    const line = await database.db.selectFrom('llm_line').select('paused_at').executeTakeFirst();
    if (line?.paused_at) return { skipped: 'The line was paused by a person.' };
    const last = await lastCanary(database.db);
    const dueMs = last?.ok === false ? DOUBT_MS : settings().healing.canaryMinutes * 60_000;
    const age = last ? clock.now() - last.asked_at.getTime() : Infinity;
    // The answer of a repair, a drill or a person is as good as one of our own.
    if (age < 0 || age >= dueMs) await canary({ occasion: 'schedule', timeoutMs: PATIENCE_MS, signal });
    const [newest, before] = await database.db.selectFrom('canary_runs').selectAll().orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(2).execute();
    if (!newest || newest.ok || before?.ok !== false) return [];
    return [
      {
        subject: '',
        severity: 'CRITICAL' as const,
        description: `The box's test question does not get its known citation. ${newest.reason ?? ''}`.trim(),
        evidence: { question: newest.question, reason: newest.reason },
      },
    ];
  },
});

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { AppError } from '#kit';
import { defineFixup } from '../types.ts';

const run = promisify(execFile);
/** A machine that was restarted for this already and is ill again is not cured by it. */
const GUARD_HOURS = 6;

/** Changes with every boot of the machine. */
export const bootId = async (): Promise<string> => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')).trim();

/** The last rung. What was open is written down before, and compared after: see `noteReturn`. */
export const machineReboot = defineFixup({
  id: 'machine.reboot',
  proofMs: 180_000,
  canary: true,
  async apply({ database, control }, { checkId, subject, askedBy }) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from reboot_events where requested_at > now() - make_interval(hours => ${GUARD_HOURS}) and initiated_by is null`.execute(
      database.db,
    );
    if (askedBy === null && (rows[0]?.n ?? 0) > 0)
      throw new AppError('conflict', { message: `The machine was restarted for a repair within the last ${GUARD_HOURS} hours; once more would not help.` });
    const issues = await database.db.selectFrom('healing_issues').select(['check_id', 'subject', 'description']).where('closed_at', 'is', null).execute();
    const parts = control ? (await control.list().catch(() => [])).map(({ name, state }) => ({ name, state })) : [];
    await database.db
      .insertInto('reboot_events')
      .values({ reason: `${checkId} ${subject}`.trim(), initiated_by: askedBy, boot_before: await bootId(), pre_state: JSON.stringify({ issues, parts }) })
      .execute();
    await run('systemctl', ['reboot'], { timeout: 30_000 });
    return 'The machine is being restarted.';
  },
});

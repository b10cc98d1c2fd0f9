import type { Db } from '#db';
import type { JournalEntry } from '#updates';

const STATUS: Partial<Record<JournalEntry['state'], string>> = { committed: 'completed', rolled_back: 'rolled_back', refused: 'failed', abandoned: 'failed' };
const VERSION_CHARACTERS = 20;
const version = (text: string | null | undefined): string | null => text?.slice(0, VERSION_CHARACTERS) ?? null;
const timeOf = (entry: JournalEntry | undefined): Date | null => (entry ? new Date(entry.at) : null);

/** Writes one update's lines of the journal as rows, anew each time: the journal is the truth, and outlives a database that was put back. */
export const writeStory = async (db: Db, updateId: string, entries: readonly JournalEntry[]): Promise<void> => {
  const first = entries[0]!;
  const last = entries.at(-1)!;
  const of = (state: JournalEntry['state']) => entries.findLast((entry) => entry.state === state);
  const found = of('found');
  const ended = STATUS[last.state] === undefined ? null : timeOf(last);
  const failed = entries.findLast(({ reason }) => reason !== undefined);
  const switched = of('switched');
  const settled = of('committed') ?? of('rolled_back');
  const components = found?.components ?? [];
  const row = {
    version_from: version(first.from) ?? '',
    version_to: version(first.to) ?? '',
    status: STATUS[last.state] ?? 'in_progress',
    source: (found?.source ?? 'dashboard').slice(0, 50),
    components_updated: JSON.stringify(components),
    error_message: failed?.reason ?? null,
    started_at: new Date(first.at),
    completed_at: ended,
    duration_seconds: ended && Math.round((ended.getTime() - Date.parse(first.at)) / 1000),
    initiated_by: first.by.slice(0, 50),
    state: last.state,
    steps: JSON.stringify(entries.map(({ at, state, by, attempt }) => ({ at, state, by, attempt }))),
    checks: JSON.stringify(entries.findLast(({ checks }) => checks !== undefined)?.checks ?? []),
    failed_check: failed?.check ?? null,
    log_lines: JSON.stringify(failed?.logLines ?? []),
    downtime_ms: switched && settled ? Date.parse(settled.at) - Date.parse(switched.at) : null,
  };
  const { id } = await db
    .insertInto('update_events')
    .values({ update_id: updateId, ...row })
    .onConflict((conflict) => conflict.column('update_id').doUpdateSet(row))
    .returning('id')
    .executeTakeFirstOrThrow();

  await db.deleteFrom('component_updates').where('update_event_id', '=', id).execute();
  if (components.length > 0)
    await db
      .insertInto('component_updates')
      .values(
        components.map(({ name, type, version: to, before }) => ({
          update_event_id: id,
          component_name: name,
          component_type: type,
          version_from: version(before),
          version_to: version(to),
          status: before === to ? 'unchanged' : row.status,
          completed_at: ended,
        })),
      )
      .execute();

  if (found?.file && found.sha256) {
    const known = await db
      .selectFrom('update_files')
      .select('id')
      .where('checksum_sha256', '=', found.sha256)
      .where('filename', '=', found.file)
      .executeTakeFirst();
    const verified = of('verified') !== undefined;
    const file = {
      signature_verified: verified,
      validation_status: verified ? 'valid' : row.status === 'failed' ? 'refused' : 'pending',
      applied: of('committed') !== undefined,
    };
    if (known) await db.updateTable('update_files').set(file).where('id', '=', known.id).execute();
    else
      await db
        .insertInto('update_files')
        .values({
          filename: found.file,
          file_path: found.file,
          checksum_sha256: found.sha256,
          file_size_bytes: found.sizeBytes ?? 0,
          source: found.source ?? null,
          ...file,
        })
        .execute();
  }

  const point = of('backed_up')?.restorePoint;
  const backup =
    point &&
    ((await db.selectFrom('update_backups').select('id').where('update_event_id', '=', id).executeTakeFirst()) ??
      (await db
        .insertInto('update_backups')
        .values({ update_event_id: id, backup_path: point.path, backup_size_mb: point.sizeBytes / 1e6, components: JSON.stringify(point.parts) })
        .returning('id')
        .executeTakeFirstOrThrow()));

  const back = of('rolled_back');
  const known = await db.selectFrom('update_rollbacks').select('id').where('original_update_event_id', '=', id).executeTakeFirst();
  if (back && !known)
    await db
      .insertInto('update_rollbacks')
      .values({
        original_update_event_id: id,
        backup_id: backup?.id ?? null,
        rollback_reason: back.reason ?? '',
        initiated_by: back.by.slice(0, 50),
        started_at: new Date(back.at),
      })
      .execute();
};

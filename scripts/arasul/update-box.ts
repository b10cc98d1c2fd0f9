import { compareSettings, readJournal, readPointer, updatePlaces } from '#updates';
import { createNotifier, readSettings, type Database } from '#db';
import { silentLogger } from '#kit';
import { createSettingsService, settingsRepository } from '../../services/dashboard-backend/features/settings/index.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { OPERATOR, operatorAudit } from './operator.ts';

type Say = (line: string) => void;

/** What “roll back” would undo, in lines. */
export const previewLines = async (database: Pick<Database, 'db'>, dataDir: string): Promise<string[]> => {
  const places = updatePlaces(dataDir);
  const pointer = await readPointer(places.pointer);
  if (!pointer?.previous) return ['There is no earlier release on this box to return to.'];
  const point = (await readJournal(places.journal)).findLast(({ state, to }) => state === 'backed_up' && to === pointer.release.version);
  const lost = point?.restorePoint ? await compareSettings(database, point.restorePoint.path) : null;
  const shown = (value: unknown): string => (value === null ? 'the default' : JSON.stringify(value));
  return [
    `Arasul ${pointer.previous.version} would run again; documents and conversations stay.`,
    ...(lost?.settings ?? []).map(({ key, now, then }) => `  ${key}: ${shown(now)} becomes ${shown(then)}`),
    ...(lost?.models.leave ?? []).map((id) => `  the model ${id} is not in use any more`),
    ...(lost?.models.return ?? []).map((id) => `  the model ${id} is in use again`),
    'Add --yes to do it.',
  ];
};

/** Bundles that were sent or lie on a stick. */
export const bundleLines = async ({ db }: Pick<Database, 'db'>): Promise<string[]> => {
  const rows = await db
    .selectFrom('update_bundles')
    .select(['name', 'origin', 'stick_name as stick', 'state', 'problem', 'size_bytes as sizeBytes'])
    .where('state', '!=', 'gone')
    .orderBy('created_at', 'desc')
    .execute();
  if (rows.length === 0) return ['No bundle is here.'];
  return rows.map(
    ({ name, origin, stick, state, problem, sizeBytes }) =>
      `${state.padEnd(10)} ${name}  ${(sizeBytes / 1e6).toFixed(1)} MB  ${origin === 'stick' ? `on the stick “${stick ?? ''}”` : 'sent'}${problem === null ? '' : `  ${problem}`}`,
  );
};

/** Shows or changes whether signed updates are applied by themselves, and when. Errors: `StartProblem`. */
export const policyCommand = async (database: Database, [turn, hour]: readonly (string | undefined)[], say: Say): Promise<void> => {
  if (turn !== undefined) {
    if (turn !== 'on' && turn !== 'off') throw new StartProblem('“update policy” takes on or off, and an hour from 0 to 23.');
    if (hour !== undefined && !/^(?:\d|1\d|2[0-3])$/.test(hour)) throw new StartProblem(`“${hour}” is no hour; it goes from 0 to 23.`);
    const notifier = createNotifier({ database, log: silentLogger });
    const settings = await createSettingsService({ database, notifier, repository: settingsRepository, audit: operatorAudit(database), log: silentLogger });
    try {
      await settings.change(OPERATOR, { updates: { automatic: turn, ...(hour === undefined ? {} : { hour: Number(hour) }) } });
    } finally {
      settings.close();
      await notifier.close();
    }
  }
  const { automatic, hour: at } = (await readSettings(database.db)).updates;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  say(
    automatic === 'on'
      ? `Signed updates are applied by themselves at ${String(at).padStart(2, '0')}:00 (${zone}).`
      : 'Bundles wait for somebody to apply them.',
  );
};

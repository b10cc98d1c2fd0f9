import { basename } from 'node:path';
import type { Stick, StickFile, Sticks } from '#clients';
import type { Database } from '#db';
import { errorText, newId, readOrMakeSecret, type Clock, type Logger } from '#kit';
import { collectReport, findRunning, readJournal, signReport, type UpdatePlaces } from '#updates';
import { sticksRepository as repository } from './sticks.repository.ts';

interface Needs {
  sticks: Sticks;
  database: Pick<Database, 'db' | 'inTransaction'>;
  places: UpdatePlaces;
  productDir: string;
  clock: Clock;
  log: Logger;
}

const LOOK_MS = 3_000;
const RETRY_MS = 10 * 60_000;
const ENDING = '.arasul';
/** A stick full of bundles is looked at in part; nobody carries so many. */
const MOST_FILES = 20;
const SETTLED = new Set(['committed', 'rolled_back']);

/** Keeps the rows of bundles on sticks as the sticks are: what was plugged in is checked, and what became of an update is written onto its stick. */
export const createStickWatch = ({ sticks, database, places, productDir, clock, log }: Needs) => {
  const { db } = database;
  /** When a report that could not be written is tried again, by its request. */
  const retryAt = new Map<string, number>();

  const keep = (stick: Stick, file: StickFile): Promise<void> =>
    database.inTransaction(async (tx) => {
      const known = await repository.find(tx, stick.id, file.path);
      const same = known && known.size_bytes === file.sizeBytes && known.touched_at.getTime() === file.modifiedAt.getTime();
      if (same && known.state !== 'gone') return;
      const id = known?.id ?? newId();
      await repository.put(tx, { id, stick, file, name: basename(file.path).slice(0, 255), now: new Date(clock.now()) });
      await repository.askForCheck(tx, newId(), id);
    });

  /** The signed report says what became of it; only words of the program itself have a place in it. */
  const writeReceipts = async (there: readonly Stick[]): Promise<void> => {
    const due = (await repository.listWithoutReceipt(db)).filter(({ stickId }) => there.some(({ id }) => id === stickId));
    if (due.length === 0) return;
    const journal = await readJournal(places.journal);
    for (const { requestId, updateId, stickId } of due) {
      if ((retryAt.get(requestId) ?? 0) > clock.now()) continue;
      if (!journal.some((entry) => entry.updateId === updateId && SETTLED.has(entry.state))) continue;
      const running = await findRunning(places.dataDir, productDir);
      const report = await collectReport({ dataDir: places.dataDir, running, now: clock.now() });
      const { text, fingerprint } = signReport(report, await readOrMakeSecret(places.dataDir, 'report-key'));
      const at = new Date(clock.now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
      try {
        await sticks.write(stickId, `arasul-report-${fingerprint.slice(0, 9).replace(' ', '')}-${at}.json`, text);
      } catch (error) {
        // Full, or locked: not mounted for writing at each look, and no obstacle for the others.
        retryAt.set(requestId, clock.now() + RETRY_MS);
        log.warn({ reason: errorText(error) }, 'a report could not be written onto its stick');
        continue;
      }
      await repository.receiptWritten(db, requestId, new Date(clock.now()));
    }
  };

  return {
    /** One look at what is plugged in. */
    async look(): Promise<void> {
      const there = await sticks.list();
      const seen: { stickId: string; path: string }[] = [];
      for (const stick of there) {
        for (const file of (await sticks.files(stick.id, ENDING)).slice(0, MOST_FILES)) {
          await keep(stick, file);
          seen.push({ stickId: stick.id, path: file.path });
        }
      }
      await repository.forgetOthers(db, seen);
      await writeReceipts(there);
    },
    /** Looks until the signal. */
    async run(signal: AbortSignal): Promise<void> {
      let told = '';
      while (!signal.aborted) {
        await this.look().then(
          () => (told = ''),
          (error: unknown) => {
            const reason = errorText(error);
            if (reason !== told && !signal.aborted) log.warn({ reason }, 'sticks could not be looked at; it is tried again');
            told = reason;
          },
        );
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      }
      await sticks.close();
    },
  };
};

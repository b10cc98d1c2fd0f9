import { boxDependencies, step, type EngineState, type Mute, type Readings, type Rule, type StepInput } from '#alerts';
import { readSettings, type Database } from '#db';
import { errorText, type Clock, type Logger } from '#kit';
import { incidentsRepository } from './incidents.repository.ts';
import { createSignalHistory } from './history.ts';
import { createReader } from './readings/index.ts';
import { recordTransition } from './record.ts';
import { rulesRepository } from './rules.repository.ts';

export const INTERVAL_MS = 5_000;
/** Timers may lose this much to a kill; writing them at each step would be 17,000 row versions a day. */
const SAVE_EVERY_MS = 15_000;
/** Rules, silences and parts are looked at again this often, should a signal have been missed. */
const RELOAD_EVERY_MS = 60_000;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  stateFile: string | null;
  /** The folder of the box's logs; left out where there is none. */
  logFolder?: string | null;
  clock: Pick<Clock, 'now'>;
  log: Logger;
}

interface Plan {
  rules: readonly Rule[];
  mutes: readonly Mute[];
  escalation: StepInput['escalation'];
  loadedAt: number;
}

/** The engine over its database: reads, steps, and writes what changed with the memory of it, in one transaction. */
export const createEngine = ({ database, stateFile, logFolder = null, clock, log }: Needs) => {
  const read = createReader({ db: database.db, stateFile, logFolder });
  const history = createSignalHistory();
  let state: EngineState | null = null;
  let plan: Plan | null = null;
  let savedAt = -Infinity;
  let complaint: string | null = null;

  const load = async (now: number): Promise<Plan> => {
    const parts = await rulesRepository.parts(database.db);
    await database.inTransaction((tx) => rulesRepository.keepDefaults(tx, parts));
    const { escalateAfterMinutes, escalateSteps } = (await readSettings(database.db)).alerts;
    return {
      rules: await rulesRepository.list(database.db),
      mutes: await rulesRepository.mutes(database.db),
      escalation: { afterMs: escalateAfterMinutes * 60_000, steps: escalateSteps },
      loadedAt: now,
    };
  };

  const evaluate = async (readings?: Readings): Promise<void> => {
    const now = clock.now();
    state ??= await incidentsRepository.loadState(database.db);
    if (!plan || Math.abs(now - plan.loadedAt) >= RELOAD_EVERY_MS) plan = await load(now);
    const { rules, mutes, escalation } = plan;
    const heard = readings ?? (await read(now, rules));
    const { state: next, transitions } = step(rules, state, {
      now,
      readings: heard,
      intervalMs: INTERVAL_MS,
      acknowledged: await rulesRepository.acknowledged(database.db),
      mutes,
      escalation,
      dependencies: boxDependencies,
    });
    const rows = history.rowsOf(heard, now);
    if (transitions.length > 0 || rows.length > 0 || Math.abs(now - savedAt) >= SAVE_EVERY_MS) {
      const byId = new Map(rules.map((rule) => [rule.id, rule]));
      await database.inTransaction(async (tx) => {
        for (const transition of transitions) await recordTransition(tx, transition, byId);
        await history.write(tx, rows);
        await incidentsRepository.saveState(tx, next, new Date(now));
      });
      savedAt = now;
      history.keep(rows);
      await history.purge(database.db, now);
    }
    // Only what was written is known: a step that failed is made again.
    state = next;
  };

  return {
    /** One evaluation, of `readings` or of what the box says now. Never throws. */
    async tick(readings?: Readings): Promise<void> {
      try {
        await evaluate(readings);
        complaint = null;
      } catch (error) {
        if (complaint === null) log.warn({ error }, 'alerts could not be evaluated; the next step tries again');
        complaint = `Alerts are not evaluated: ${errorText(error)}`;
      }
    },
    /** Rules, silences or thresholds changed. */
    reload: (): void => void (plan = null),
    /** Writes the timers down before the end. */
    async save(): Promise<void> {
      if (state) await incidentsRepository.saveState(database.db, state, new Date(clock.now())).catch((error: unknown) => log.warn({ error }, 'timers lost'));
    },
    complaint: () => complaint,
  };
};

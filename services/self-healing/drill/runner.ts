import { sql, type Selectable } from 'kysely';
import type { CanaryAnswer, CanaryOptions } from '#canary';
import type { ServiceControl } from '#clients';
import type { ControlledPart, Settings } from '#contracts';
import type { Database, FaultDrills, FaultDrillSteps, Notifier } from '#db';
import { findMaintenance, recordHealingEvent } from '#healing';
import { errorText, type Clock, type Logger } from '#kit';
import { inject } from './inject.ts';
import { isDrillNight, planDrill, type Fault } from './plan.ts';

/** A part that is not well again by then has failed the drill; people go on from there. */
const HEAL_MS = 90_000;
const PROOF_MS = 2 * 60_000;
const LOOK_MS = 100;
/** Between two faults, so that each is measured alone. */
const PAUSE_MS = 1_500;
const WEEK_DAYS = 6;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction' | 'ping'>;
  notifier: Pick<Notifier, 'publish'>;
  control: ServiceControl;
  canary: (options: CanaryOptions) => Promise<CanaryAnswer>;
  held: () => Promise<ReadonlySet<string>>;
  settings: () => Settings;
  clock: Clock;
  log: Logger;
}

type Step = Selectable<FaultDrillSteps>;

/** Carries out fault drills from their rows: a process that a drill ends is started again, and its next life goes on with the step. */
export const createDrills = ({ database, notifier, control, canary, held, settings, clock, log }: Needs) => {
  const { db } = database;

  /** Repeats a write until the database takes it: it may be what was just broken. */
  const write = async (work: () => Promise<unknown>, signal: AbortSignal): Promise<void> => {
    for (;;) {
      try {
        await work();
        await notifier.publish(db, 'healing.changed', { issueId: null });
        return;
      } catch (error) {
        signal.throwIfAborted();
        log.debug({ reason: errorText(error) }, 'a drill could not be written down yet');
        await clock.sleep(500, signal);
      }
    }
  };
  const setStep = (step: Step, values: Partial<Omit<Step, 'drill_id' | 'n' | 'evidence'>>, signal: AbortSignal): Promise<void> =>
    write(() => db.updateTable('fault_drill_steps').set(values).where('drill_id', '=', step.drill_id).where('n', '=', step.n).execute(), signal);
  const setDrill = (id: string, values: { status: string; error?: string; started_at?: Date; finished_at?: Date }, signal: AbortSignal): Promise<void> =>
    write(() => db.updateTable('fault_drills').set(values).where('id', '=', id).execute(), signal);

  const partOf = async (name: string): Promise<ControlledPart | undefined> => (await control.list()).find((part) => part.name === name);

  const begin = async (drill: Selectable<FaultDrills>, signal: AbortSignal): Promise<void> => {
    const steps = planDrill(await control.list());
    await database.inTransaction(async (tx) => {
      await tx
        .insertInto('fault_drill_steps')
        .values(steps.map(({ fault, part }, n) => ({ drill_id: drill.id, n, fault, part })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await recordHealingEvent(tx, {
        type: 'drill',
        step: 'note',
        severity: 'INFO',
        description: `A fault drill begins: ${steps.length} faults, asked for by ${drill.requested_by ?? 'the weekly schedule'}.`,
      });
    });
    await setDrill(drill.id, { status: 'running', started_at: new Date(clock.now()) }, signal);
  };

  /** When a fault was noticed and when the part was well again, as its supervisor says. */
  const watchRestart = async (step: Step, injectedAt: Date, signal: AbortSignal): Promise<{ detected: Date; healed: Date }> => {
    const until = clock.now() + HEAL_MS;
    for (;;) {
      const part = await partOf(step.part).catch(() => undefined);
      const restart = part?.history.find(({ detectedAt }) => Date.parse(detectedAt) >= injectedAt.getTime() - LOOK_MS);
      if (restart?.readyAt) return { detected: new Date(restart.detectedAt), healed: new Date(restart.readyAt) };
      if (clock.now() > until) throw new Error(restart ? `${step.part} was not ready again within ${HEAL_MS / 1000} s.` : 'Nobody noticed it.');
      await clock.sleep(LOOK_MS, signal);
    }
  };

  /** A slow process must be left alone, and answer again. */
  const watchSlow = async (step: Step, injectedAt: Date): Promise<{ detected: Date; healed: Date }> => {
    const now = new Date(clock.now());
    const part = await partOf(step.part);
    if (part?.history.some(({ detectedAt }) => Date.parse(detectedAt) >= injectedAt.getTime() - LOOK_MS))
      throw new Error('It was only slow, and was started again.');
    return { detected: now, healed: now };
  };

  const watchCut = async (signal: AbortSignal): Promise<{ detected: Date; healed: Date }> => {
    const detected = new Date(clock.now());
    const until = clock.now() + HEAL_MS;
    for (;;) {
      if (
        await database.ping().then(
          () => true,
          () => false,
        )
      )
        return { detected, healed: new Date(clock.now()) };
      if (clock.now() > until) throw new Error('The database could not be reached again.');
      await clock.sleep(LOOK_MS, signal);
    }
  };

  const measure = async (step: Step, injectedAt: Date, signal: AbortSignal): Promise<void> => {
    const times =
      step.fault === 'slow' ? await watchSlow(step, injectedAt) : step.fault === 'cut' ? await watchCut(signal) : await watchRestart(step, injectedAt, signal);
    await setStep(step, { detected_at: times.detected, healed_at: times.healed, restored: true }, signal);
    const answer = await canary({ occasion: 'drill', timeoutMs: PROOF_MS, signal });
    if (!answer.ok) throw new Error(`The known question did not get its known citation: ${answer.reason}`);
    await setStep(step, { proven_at: new Date(clock.now()), status: 'passed' }, signal);
  };

  const runStep = async (step: Step, signal: AbortSignal): Promise<void> => {
    try {
      if (step.injected_at) return await measure(step, step.injected_at, signal); // a life before this one began it
      const part = await partOf(step.part);
      const maintenance = await findMaintenance(db);
      const skip = maintenance
        ? `${maintenance.holder} was at work (${maintenance.name}).`
        : (await held()).has(step.part)
          ? 'A person has stopped it.'
          : part?.state !== 'ready'
            ? `It did not run (${part?.state ?? 'away'}).`
            : null;
      if (skip !== null || !part) return await setStep(step, { status: 'skipped', reason: skip }, signal);
      const injectedAt = new Date(clock.now());
      await setStep(step, { status: 'running', injected_at: injectedAt }, signal);
      await inject(step.fault as Fault, part, database);
      await measure(step, injectedAt, signal);
    } catch (error) {
      if (signal.aborted) return;
      await setStep(step, { status: 'failed', reason: errorText(error) }, signal);
    }
  };

  return {
    /** Goes on with the drill that was asked for or is under way. Returns whether there was one. */
    async run(signal: AbortSignal): Promise<boolean> {
      const drill = await db.selectFrom('fault_drills').selectAll().where('status', 'in', ['requested', 'running']).limit(1).executeTakeFirst();
      if (!drill) return false;
      if (drill.status === 'requested') await begin(drill, signal);
      for (;;) {
        const still = await db.selectFrom('fault_drills').select('status').where('id', '=', drill.id).executeTakeFirst();
        if (still?.status !== 'running' || signal.aborted) return true;
        const step = await db
          .selectFrom('fault_drill_steps')
          .selectAll()
          .where('drill_id', '=', drill.id)
          .where('status', 'in', ['waiting', 'running'])
          .orderBy('n')
          .limit(1)
          .executeTakeFirst();
        if (!step) break;
        await runStep(step, signal);
        await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      }
      const failed = await db
        .selectFrom('fault_drill_steps')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('drill_id', '=', drill.id)
        .where('status', '=', 'failed')
        .executeTakeFirstOrThrow();
      await setDrill(drill.id, { status: failed.n > 0 ? 'failed' : 'done', finished_at: new Date(clock.now()) }, signal);
      await recordHealingEvent(db, {
        type: 'drill',
        step: 'outcome',
        severity: failed.n > 0 ? 'WARNING' : 'INFO',
        description:
          failed.n > 0
            ? `The fault drill is over: ${failed.n} faults were not healed as they should be.`
            : 'The fault drill is over: everything was healed, and proven.',
      });
      return true;
    },

    /** Asks for the weekly drill when it is wanted and due. */
    async schedule(): Promise<void> {
      if (settings().healing.weeklyDrill !== 'on' || !isDrillNight(new Date(clock.now()))) return;
      const recent = await db
        .selectFrom('fault_drills')
        .select('id')
        .where('requested_at', '>', sql<Date>`now() - make_interval(days => ${WEEK_DAYS})`)
        .limit(1)
        .executeTakeFirst();
      if (!recent)
        await db
          .insertInto('fault_drills')
          .values({ requested_by: null })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
    },
  };
};

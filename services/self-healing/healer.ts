import type { LauncherControl } from '#clients';
import type { Database, Notifier } from '#db';
import { errorText, type Clock, type Logger } from '#kit';
import { checks as allChecks } from './checks/index.ts';
import { applyHolds, listHolds } from './engine/holds.ts';
import { purgeHealing } from './engine/purge.ts';
import { noteReturn } from './engine/reboot-return.ts';
import { createRepairs } from './engine/repair.ts';
import { recordRestarts } from './engine/restarts.ts';
import { createRoundLog } from './engine/round-log.ts';
import { createRounds } from './engine/rounds.ts';
import { noteSightings } from './engine/sightings.ts';
import { triage } from './engine/triage.ts';
import { fixups as allFixups } from './fixups/index.ts';
import type { Check, Fixup, Needs } from './types.ts';

/** A round looks at what is due; between two of them nothing is done. */
const ROUND_MS = 1_000;
/** Restarts and holds are compared this often. */
const PARTS_MS = 2_000;
const PURGE_MS = 6 * 3_600_000;
/** A drill that was asked for begins at once by signal; this finds one of which the signal was lost. */
const DRILL_LOOK_MS = 10_000;

interface HealerNeeds {
  needs: Needs;
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect'>;
  control: LauncherControl | null;
  firstPauseMs: number;
  clock: Clock;
  log: Logger;
  checks?: readonly Check[];
  fixups?: readonly Fixup[];
  /** Fault drills; null where there is no supervisor to measure. */
  drills?: { run(signal: AbortSignal): Promise<boolean>; schedule(): Promise<void> } | null;
}

export interface Healer {
  /** Looks at everything now. */
  hurry(checkId?: string): void;
  /** Why it cannot look just now; null when all is well. */
  complaint(): string | null;
  stop(): Promise<void>;
}

/** Looks, raises, repairs and proves, until it is stopped. Whatever fails in one round is tried again in the next. */
export const startHealer = ({
  needs,
  database,
  notifier,
  control,
  firstPauseMs,
  clock,
  log,
  checks = allChecks,
  fixups = allFixups,
  drills = null,
}: HealerNeeds): Healer => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const roundLog = createRoundLog(database.db);
  let complaint: string | null = null;
  let busy = true; // first what an earlier process left

  const tellPages = (): Promise<void> => notifier.publish(database.db, 'healing.changed', { issueId: null }).catch(() => undefined);

  const lane = (chosen: readonly Check[]) =>
    createRounds({
      checks: chosen,
      needs,
      clock,
      onRound: roundLog.add,
      async onLook(check, found) {
        if (await database.inTransaction((tx) => noteSightings(tx, check.id, found))) await tellPages();
        busy ||= found.length > 0;
      },
    });
  const lanes = [lane(checks.filter(({ slow }) => !slow)), lane(checks.filter(({ slow }) => slow))];
  const repairs = createRepairs({ database, needs, checks, fixups });

  const hurry = (checkId?: string): void => lanes.forEach((one) => one.hurry(checkId));

  /** Runs `work` again and again; an error is told once and ends nothing. */
  const keep = async (what: string, everyMs: number, work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        await work();
        if (complaint?.startsWith(what)) complaint = null;
      } catch (error) {
        if (signal.aborted) return;
        const now = `${what}: ${errorText(error)}`;
        if (complaint !== now) log.warn({ error }, `${what} failed; it is tried again`);
        complaint = now;
      }
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  };

  const watchParts = async (): Promise<void> => {
    if (!control) return;
    await control.beat().catch(() => undefined); // that it does not answer is a check's to tell
    const parts = await control.list().catch(() => null);
    if (!parts) return;
    const back = await recordRestarts(database, parts);
    await applyHolds(await listHolds(database.db), parts, control);
    if (back.length > 0) await tellPages();
  };

  const heal = async (): Promise<void> => {
    if (!busy) return;
    busy = false;
    const decided = await triage({ database, settings: needs.settings, firstPauseMs });
    if (decided) await tellPages();
    while (await repairs.runRequested(signal)) await tellPages();
    const open = await database.db
      .selectFrom('healing_issues')
      .select('id')
      .where('status', 'in', ['open', 'healing'])
      .where('closed_at', 'is', null)
      .execute();
    busy ||= open.length > 0;
  };

  let drillNow = (): void => undefined;
  const drill = async (): Promise<void> => {
    if (!drills) return;
    await drills.schedule();
    await drills.run(signal);
    await new Promise<void>((resolve) => {
      drillNow = resolve;
      clock.sleep(DRILL_LOOK_MS, signal).then(resolve, resolve);
    });
  };

  const unsubscribe = [
    notifier.subscribe('healing.wake', ({ what }) => {
      busy = true;
      if (what === 'check') hurry();
      if (what === 'canary') void needs.canary({ occasion: 'person' }).then(tellPages, () => undefined);
      if (what === 'drill') drillNow();
      if (what === 'hold') void watchParts().catch(() => undefined);
    }),
    notifier.onReconnect(() => (busy = true)),
  ];

  const running = [
    ...lanes.map((one) =>
      keep('Looking', ROUND_MS, async () => {
        await one.runDue(signal);
        await roundLog.flush();
      }),
    ),
    keep('Watching the parts', PARTS_MS, watchParts),
    keep('Drilling', 0, drill),
    keep('Clearing old records', PURGE_MS, () => purgeHealing(database.db)),
    (async () => {
      await keepTrying(() => noteReturn(database.db));
      await keepTrying(() => repairs.resume(signal));
      await keep('Repairing', ROUND_MS, heal);
    })(),
  ];

  async function keepTrying(work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        log.warn({ error }, 'what an earlier process left could not be taken up yet');
        await clock.sleep(ROUND_MS, signal).catch(() => undefined);
      }
    }
  }

  return {
    hurry,
    complaint: () => complaint,
    async stop() {
      stopping.abort(new Error('Self-healing is stopping.'));
      unsubscribe.forEach((off) => off());
      await Promise.all(running);
    },
  };
};

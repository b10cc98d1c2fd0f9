import { readFile } from 'node:fs/promises';
import { notify } from '#alerts';
import { launcherState, restartSignal, updatePlanView, type Settings } from '#contracts';
import type { Database } from '#db';
import { errorText, newId, type Clock, type Logger } from '#kit';
import { compareVersions, createUpdater, findRunning, hardwareOf, readPointer, type RunnableRelease, type UpdatePlaces } from '#updates';
import { clearUploads } from './clear-uploads.ts';
import { requestsRepository as repository, type Bundle, type Request } from './requests.repository.ts';
import { WorkFailed, type carryOut } from './work-process.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  databaseUrl: string;
  places: UpdatePlaces;
  productDir: string;
  stateFile: string | null;
  policy: () => Settings['updates'];
  carryOut: typeof carryOut;
  /** Where a bundle's bytes are; null when they are away. */
  fileOf: (bundle: Bundle) => Promise<string | null>;
  clock: Clock;
  log: Logger;
}

const LOOK_MS = 500;
const CLEAR_EVERY_MS = 60_000;

/** Checks bundles and applies them, one after another, from their rows: what people ask for, and what the policy says at its hour. */
export const createUpdateWork = ({ database, databaseUrl, places, productDir, stateFile, policy, carryOut: workOn, fileOf, clock, log }: Needs) => {
  const { db } = database;
  let clearAt = 0;
  /** The hour that was acted on already. */
  let lastHour = '';

  /** The launcher starts what the pointer names now; without one, the next start does. */
  const startAgain = async (): Promise<void> => {
    if (stateFile === null) return;
    try {
      const { pid } = launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
      process.kill(pid, restartSignal);
    } catch (error) {
      // What was decided stands: it must not be told as an update that failed.
      log.error({ reason: errorText(error) }, 'the box could not be asked to start again; the next start runs the other release');
    }
  };

  const orderFor = async (request: Request, bundle: Bundle, running: RunnableRelease) => {
    const file = await fileOf(bundle);
    if (file === null) throw new WorkFailed('The bundle is not there: the stick is not plugged in. Nothing was changed; put it in again.', 'source_gone');
    return {
      kind: request.kind as 'check' | 'apply',
      dataDir: places.dataDir,
      databaseUrl,
      running,
      file,
      name: bundle.name,
      by: request.requested_by ?? 'schedule',
      source: bundle.origin === 'stick' ? 'stick' : 'dashboard',
      agreed: request.agreed,
    };
  };

  const told = async (bundle: Bundle, running: string): Promise<void> => {
    if (bundle.origin !== 'stick') return;
    const row = await repository.findBundle(db, bundle.id);
    const plan = row?.state === 'ready' ? updatePlanView.parse(row.plan) : null;
    if (plan !== null && compareVersions(plan.to, running) <= 0) return;
    const stick = bundle.stick_name ?? '';
    await notify(db, {
      topic: 'update.found_on_stick',
      severity: plan ? 'info' : 'warning',
      title: plan
        ? { en: `Arasul ${plan.to} lies on the stick “${stick}”`, de: `Auf dem Stick „${stick}“ liegt Arasul ${plan.to}` }
        : { en: `The bundle on the stick “${stick}” is refused`, de: `Das Paket auf dem Stick „${stick}“ wird abgelehnt` },
      body: plan
        ? {
            en: `Signed by “${plan.signedBy}”; this box runs ${plan.from}. Read what would change, and apply it on the Updates page.`,
            de: `Signiert von „${plan.signedBy}“; diese Box läuft mit ${plan.from}. Was sich ändern würde, steht auf der Seite Updates; dort wird es angewendet.`,
          }
        : { en: row?.problem ?? '', de: row?.problem ?? '' },
      link: '/system/updates',
      dedupeKey: `update:${bundle.id}:${row?.state ?? ''}:${bundle.touched_at.getTime()}`,
    });
  };

  const check = async (request: Request, bundle: Bundle, running: RunnableRelease, signal: AbortSignal): Promise<void> => {
    await repository.setBundle(db, bundle.id, 'checking');
    try {
      const result = await workOn(await orderFor(request, bundle, running), { onProgress: progressOf(request), signal });
      if (result.kind === 'check') await repository.setBundle(db, bundle.id, 'ready', { plan: result.plan });
    } catch (error) {
      if (signal.aborted) throw error;
      await repository.setBundle(db, bundle.id, 'refused', { refusal: error instanceof WorkFailed ? error.refusal : null, problem: errorText(error) });
    }
    await told(bundle, running.version);
  };

  const progressOf =
    ({ id }: Request) =>
    (progress: { phase: string; doneBytes: number; totalBytes: number }): void =>
      void repository.progress(db, id, progress).catch(() => undefined); // the next one tells it

  const perform = async (request: Request, signal: AbortSignal): Promise<void> => {
    const running = await findRunning(places.dataDir, productDir);
    const end = (more: { error?: string; updateId?: string } = {}) => repository.end(db, request.id, { ...more, now: new Date(clock.now()) });
    await repository.begin(db, request.id, new Date(clock.now()));
    try {
      if (request.kind === 'roll_back') {
        const updater = createUpdater({
          dataDir: places.dataDir,
          running,
          box: { product: 'arasul', arch: process.arch, hardware: hardwareOf() },
          clock,
          restorePoint: { take: () => Promise.reject(new Error('a way back takes none')) },
        });
        await updater.rollBack({ by: request.requested_by ?? '', reason: `${request.requested_by ?? 'Somebody'} asked for it on the Updates page.` });
        await end();
        return await startAgain();
      }
      const bundle = request.bundle_id === null ? undefined : await repository.findBundle(db, request.bundle_id);
      if (!bundle) return void (await end({ error: 'The bundle was removed before its turn came.' }));
      if (request.kind === 'check') {
        await check(request, bundle, running, signal);
        return void (await end());
      }
      if ((await readPointer(places.pointer))?.trial)
        throw new WorkFailed('A release is on trial. Wait until the box kept it or returned, then apply the next one.');
      const result = await workOn(await orderFor(request, bundle, running), { onProgress: progressOf(request), signal });
      await repository.setBundle(db, bundle.id, 'applied');
      await end({ updateId: result.kind === 'apply' ? result.updateId : undefined });
      await startAgain();
    } catch (error) {
      if (signal.aborted) return; // the next start says what became of it
      await end({ error: errorText(error) });
      if (request.bundle_id !== null && error instanceof WorkFailed && error.refusal !== null && error.refusal !== 'no_space')
        await repository.setBundle(db, request.bundle_id, 'refused', { refusal: error.refusal, problem: errorText(error) });
      await notify(db, {
        topic: 'update.failed',
        severity: 'warning',
        title: { en: 'The update was not applied', de: 'Das Update wurde nicht angewendet' },
        body: { en: errorText(error), de: errorText(error) },
        link: '/system/updates',
        dedupeKey: `update:${request.id}:failed`,
      });
    }
  };

  /** At the policy's hour the newest good bundle that is newer than what runs is applied: once, whatever becomes of it. */
  const followPolicy = async (): Promise<void> => {
    const { automatic, hour } = policy();
    const now = new Date(clock.now());
    if (automatic === 'off' || now.getHours() !== hour) return;
    const thisHour = `${now.toDateString()} ${hour}`;
    if (thisHour === lastHour) return;
    lastHour = thisHour;
    const { version } = await findRunning(places.dataDir, productDir);
    const ready = (await repository.listUntried(db))
      .map((bundle) => ({ bundle, plan: updatePlanView.parse(bundle.plan) }))
      .filter(({ plan }) => compareVersions(plan.to, version) > 0)
      .sort((a, b) => compareVersions(b.plan.to, a.plan.to))[0];
    if (!ready) return;
    await repository.ask(db, { id: newId(), kind: 'apply', reason: 'schedule', bundleId: ready.bundle.id, agreed: ready.plan.sha256, by: 'schedule' });
  };

  return {
    /** One look: what is old goes, what the hour asks for is asked for, and the next request is done. */
    async step(signal: AbortSignal): Promise<void> {
      if (clock.now() >= clearAt) {
        await clearUploads(db, places, clock.now());
        clearAt = clock.now() + CLEAR_EVERY_MS;
      }
      await followPolicy();
      const request = await repository.nextWaiting(db);
      if (request) await perform(request, signal);
    },
    /** Works until the signal. */
    async run(signal: AbortSignal): Promise<void> {
      let resumed = false;
      while (!signal.aborted) {
        try {
          if (!resumed) await repository.resume(db, new Date(clock.now()));
          resumed = true;
          await this.step(signal);
        } catch (error) {
          if (!signal.aborted) log.warn({ reason: errorText(error) }, 'updates could not be looked after; it is tried again');
        }
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      }
    },
  };
};

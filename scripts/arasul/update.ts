import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { restartSignal, type UpdatePlanView } from '#contracts';
import { createDatabasePoint } from '#backup';
import { readOrMakeSecret, systemClock } from '#kit';
import {
  collectReport,
  createSettingsPoint,
  createUpdater,
  describePlan,
  findRunning,
  hardwareOf,
  joinPoints,
  readJournal,
  readPointer,
  signReport,
  writeWhole,
  type UpdatePlan,
  type Updater,
} from '#updates';
import type { LauncherConfig } from '../../services/launcher/config.ts';
import { dataFolder } from '../../services/launcher/data-folder.ts';
import { readLock } from '../../services/launcher/lock.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { bundleLines, policyCommand, previewLines } from './update-box.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  root: string;
  config: LauncherConfig;
  words: readonly string[];
  yes: boolean;
  say: (line: string) => void;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const BY = 'command line';

const planLines = (plan: UpdatePlanView): string[] => {
  const { from, to, signedBy, expires, changes, components, newMigrations, durationMs, downtimeMs, spaceBytes, risks } = plan;
  const seconds = (ms: number): number => Math.ceil(ms / 1000);
  return [
    `Arasul ${to}, signed by “${signedBy}”, good until ${expires.slice(0, 10)}. This box runs ${from}.`,
    ...changes.en.map((change) => `  - ${change}`),
    ...components.filter(({ version, before }) => version !== before).map(({ name, version, before }) => `  ${name}: ${before ?? 'new'} → ${version}`),
    newMigrations === null
      ? '  The database is brought up to it; nothing is removed.'
      : `  ${newMigrations} ${newMigrations === 1 ? 'change' : 'changes'} of the database's schema; nothing is removed.`,
    `  It takes about ${seconds(durationMs)} s, of which people wait ${seconds(downtimeMs)} s, and ${megabytes(spaceBytes)} of disk.`,
    ...risks.en.map((risk) => `  ${risk}`),
  ];
};

/** Asks the box that runs to start what the pointer names now. */
const startAgain = ({ dataDir }: LauncherConfig, say: Options['say']): void => {
  const lock = readLock(dataFolder(dataDir).lockFile);
  if (lock.state === 'running') {
    process.kill(lock.pid, restartSignal);
    say('The box restarts now; “npm run arasul -- update history” tells what became of it.');
  } else say('The next start runs it.');
};

/** `arasul update …`: plan, apply, roll back, history, trust. Returns the exit code. Errors: `StartProblem`, `update_refused`. */
export const updateCommand = async ({ root, config, words: [what, ...names], yes, say }: Options): Promise<number> => {
  const { dataDir } = config;
  const running = await findRunning(dataDir, root);
  const box = { product: 'arasul', arch: process.arch, hardware: hardwareOf() };
  const withUpdater = <T>(work: (updater: Updater) => Promise<T>): Promise<T> =>
    withDatabase({ config, root, say }, async (database) =>
      work(
        createUpdater({
          dataDir,
          running,
          box,
          clock: systemClock,
          restorePoint: joinPoints([createSettingsPoint(database), createDatabasePoint({ database, dataDir, url: database.url, version: running.version })]),
        }),
      ),
    );
  const offline = createUpdater({ dataDir, running, box, clock: systemClock, restorePoint: { take: () => Promise.reject(new Error('not here')) } });
  const described = async (plan: UpdatePlan): Promise<UpdatePlanView> => {
    const { bavail, bsize } = await statfs(dataDir);
    return describePlan(plan, { freeBytes: bavail * bsize, now: systemClock.now() });
  };
  const [first, second] = names;

  if (what === 'plan' && first) {
    planLines(await described(await offline.plan(resolve(first)))).forEach(say);
    return 0;
  }
  if (what === 'apply' && first) {
    const plan = await offline.plan(resolve(first));
    planLines(await described(plan)).forEach(say);
    if (!yes) {
      say('Nothing was changed yet. Add --yes to apply it.');
      return 0;
    }
    await withUpdater(async (updater) => {
      await updater.tidy();
      await updater.apply(plan, { by: BY, source: 'command line' });
    });
    say(`Arasul ${plan.bundle.manifest.version} is in place, on trial.`);
    startAgain(config, say);
    return 0;
  }
  if (what === 'roll-back') {
    if (!yes) {
      (await withDatabase({ config, root, say }, (database) => previewLines(database, dataDir))).forEach(say);
      return (await readPointer(offline.places.pointer))?.previous ? 0 : 1;
    }
    await offline.rollBack({ by: BY, reason: 'Somebody at the machine asked for it.' });
    startAgain(config, say);
    return 0;
  }
  if (what === 'bundles') {
    (await withDatabase({ config, root, say }, bundleLines)).forEach(say);
    return 0;
  }
  if (what === 'policy') {
    await withDatabase({ config, root, say }, (database) => policyCommand(database, names, say));
    return 0;
  }
  if (what === 'history') {
    const entries = await readJournal(offline.places.journal);
    for (const { at, state, from, to, reason, check } of entries)
      say(
        `${at.slice(0, 19).replace('T', ' ')}  ${state.padEnd(12)} ${from ?? ''}${to ? ` → ${to}` : ''}${reason ? `  ${reason}${check ? ` (${check})` : ''}` : ''}`,
      );
    if (entries.length === 0) say('This box was never updated.');
    return 0;
  }
  if (what === 'report' && first) {
    const { text, fingerprint } = signReport(await collectReport({ dataDir, running, now: systemClock.now() }), await readOrMakeSecret(dataDir, 'report-key'));
    const file = join(
      resolve(first),
      `arasul-report-${fingerprint.slice(0, 9).replace(' ', '')}-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}.json`,
    );
    await writeWhole(file, text);
    say(`${file} is written. It holds versions, what became of updates, services and counts; no text, no name, no secret. This box is ${fingerprint}.`);
    return 0;
  }
  if (what === 'trust') return trustCommand(offline, [first, second, names[2]], say);
  throw new StartProblem(
    '“update” takes plan FILE, apply FILE, roll-back, bundles, policy, history, report FOLDER or trust. “npm run arasul -- help” tells more.',
  );
};

const trustCommand = async ({ trust }: Updater, [what, name, file]: readonly (string | undefined)[], say: Options['say']): Promise<number> => {
  if (what === 'add' && name && file) await trust.add(name, readFileSync(resolve(file)));
  else if ((what === 'revoke' || what === 'restore') && name) await trust.setRevoked(name, what === 'revoke');
  else if (what !== undefined) throw new StartProblem('“update trust” takes add NAME FILE, revoke NAME or restore NAME.');
  const known = await trust.list();
  for (const { name: source, revoked, rootVersion, expires, threshold, keys } of known) {
    say(`${source}${revoked ? ' (revoked)' : ''}: root ${rootVersion}, ${threshold} of ${keys.length} keys, good until ${expires.slice(0, 10)}`);
    for (const key of keys) say(`  ${key.fingerprint}`);
  }
  if (known.length === 0) say('This box trusts nobody to make releases yet.');
  return 0;
};

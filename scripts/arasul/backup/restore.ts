import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminUrlOf, drillBackup, prepareRestore, settleRestore, type RestoreNeeds } from '#backup';
import { openObjectStore } from '#clients';
import { migrate } from '#db';
import type { Env } from '#kit';
import type { LauncherConfig } from '../../../services/launcher/config.ts';
import { checkDataFolder, dataFolder, makeDataFolder } from '../../../services/launcher/data-folder.ts';
import { startEmbeddedPostgres } from '../../../services/launcher/embedded-postgres.ts';
import { readLock, takeLock } from '../../../services/launcher/lock.ts';
import { StartProblem } from '../../../services/launcher/start-problem.ts';
import { withDatabase } from '../with-database.ts';
import type { BackupCommand } from './arguments.ts';
import { chooseBackup, chosenTarget, openerOf, type Ask } from './place.ts';
import { countsLine, duration, progressLines } from './show.ts';

interface Place {
  config: LauncherConfig;
  env: Env;
  root: string;
  say: (line: string) => void;
  ask: Ask | undefined;
}

type Of<Verb extends BackupCommand['verb']> = Extract<BackupCommand, { verb: Verb }>;

const migrationsOf = (root: string): string => join(root, 'postgres-init', 'migrations');
const versionOf = (root: string): string => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
const adminUrl = async ({ env, config: { dataDir } }: Place, url: string): Promise<string> =>
  env.ARASUL_DATABASE_ADMIN_URL ?? (await adminUrlOf({ dataDir, url }));

export const drill = async (place: Place, { id, from, withRecoveryKey }: Of<'drill'>): Promise<number> => {
  const { config, root, say, ask } = place;
  const target = chosenTarget(from, '--from', place);
  const opener = await openerOf({ dataDir: config.dataDir, withRecoveryKey, ask });
  const chosen = await chooseBackup(target, { id, opener });
  const result = await withDatabase({ config, root, say }, async ({ url }) =>
    drillBackup(
      chosen.place,
      chosen.manifest,
      { dataDir: config.dataDir, url, adminUrl: await adminUrl(place, url), migrationsDir: migrationsOf(root) },
      { onProgress: progressLines(say) },
    ),
  );
  const asked = result.asked === 0 ? 'it holds no passages to ask for yet' : `${result.found} of ${result.asked} known passages found`;
  say(
    `Backup ${chosen.manifest.id} is good: restored beside the box and checked in ${duration(result.tookMs)} (${result.rows} rows, ${result.documents} originals, ${asked}).`,
  );
  if (!result.filesWritten) say('The disk has no room for a second copy of the originals: they were read and compared, and not written.');
  return 0;
};

/** A server to restore into, which nobody else uses meanwhile. */
const withIdleServer = async (place: Place, work: (needs: RestoreNeeds) => Promise<void>): Promise<void> => {
  const { config, root } = place;
  const { dataDir } = config;
  const folder = dataFolder(dataDir);
  if (readLock(folder.lockFile).state === 'running')
    throw new StartProblem('Arasul is running. Stop it first (Ctrl-C where it was started), then restore; nothing was changed.');
  checkDataFolder(dataDir);
  makeDataFolder(dataDir, versionOf(root));
  const release = takeLock(folder.lockFile, 'the command line');
  try {
    const migrationsDir = migrationsOf(root);
    const objects = await openObjectStore({ env: place.env, dataDir, reserveBytes: () => 0 });
    if (config.databaseUrl !== undefined)
      return await work({ dataDir, url: config.databaseUrl, adminUrl: await adminUrl(place, config.databaseUrl), migrationsDir, objects });
    const server = await startEmbeddedPostgres({ dataDir });
    try {
      await work({ dataDir, url: server.url, adminUrl: server.adminUrl, migrationsDir, objects });
    } finally {
      await server.stop();
    }
  } finally {
    release();
  }
};

export const restore = async (place: Place, { id, from, withRecoveryKey, isSure }: Of<'restore'>): Promise<number> => {
  const { config, say, ask } = place;
  const { dataDir } = config;
  const began = performance.now();
  const target = chosenTarget(from, '--from', place);
  const isNew = !existsSync(join(dataDir, 'secrets', 'backup-key'));
  const opener = await openerOf({ dataDir, withRecoveryKey: withRecoveryKey || isNew, ask });
  const { place: source, manifest } = await chooseBackup(target, { id, opener });
  say(`Backup ${manifest.id} of “${manifest.boxName}”, release ${manifest.version}: ${countsLine(manifest)}.`);
  if (!isNew && !isSure) {
    say(`Everything that is on this box in ${dataDir} is replaced by what is in the backup; what came after ${manifest.takenAt} is lost.`);
    if ((await ask?.('Type the name of the box to go on: '))?.trim() !== manifest.boxName) throw new StartProblem('That is not its name. Nothing was changed.');
  }
  await withIdleServer(place, async (needs) => {
    await settleRestore(needs);
    await prepareRestore(source, manifest, needs, { onProgress: progressLines(say) });
    await settleRestore(needs);
    await migrate({ url: needs.url, folder: needs.migrationsDir });
  });
  say(
    `Restored in ${duration(performance.now() - began)}: the box is as it was at ${manifest.takenAt}. Start it with “npm start”; people sign in as they did.`,
  );
  if (manifest.models.files.length === 0 && manifest.models.names.length > 0)
    say(`The models (${manifest.models.names.join(', ')}) were not in the backup: they are fetched again, or taken from ARASUL_MODELS_DIR.`);
  return 0;
};

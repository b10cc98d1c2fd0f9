import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { boxKeysOf, createBackup, findBackups, findRecoveryKey, isRecoveryKey, makeRecoveryKey, openBackup, verifyBackup } from '#backup';
import { formatBytes, openObjectStore } from '#clients';
import { readSettings } from '#db';
import { errorText, newId, readOrMakeSecret, type Env } from '#kit';
import { withMaintenance } from '#healing';
import type { LauncherConfig } from '../../../services/launcher/config.ts';
import { StartProblem } from '../../../services/launcher/start-problem.ts';
import { withDatabase } from '../with-database.ts';
import type { BackupCommand } from './arguments.ts';
import { BOX_KEY, chooseBackup, chosenTarget, openerOf, type Ask } from './place.ts';
import { drill, restore } from './restore.ts';
import { countsLine, duration, progressLines, verificationLines } from './show.ts';

interface Place {
  config: LauncherConfig;
  env: Env;
  root: string;
  say: (line: string) => void;
  ask: Ask | undefined;
}

type Of<Verb extends BackupCommand['verb']> = Extract<BackupCommand, { verb: Verb }>;

const versionOf = (root: string): string => (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

const create = async (place: Place, { to, withModels }: Of<'create'>): Promise<number> => {
  const { config, env, root, say } = place;
  const { dataDir } = config;
  const target = chosenTarget(to, '--to', place);
  const recovery = await findRecoveryKey(dataDir);
  const manifest = await withDatabase({ config, root, say }, async ({ db, url }) => {
    const lock = { name: 'backup', holder: `command line on ${hostname()}, ${newId()}`, reason: 'a backup is made' };
    return withMaintenance(db, lock, async () =>
      createBackup(
        {
          databaseUrl: url,
          objects: await openObjectStore({ env, dataDir, reserveBytes: () => 0 }),
          dataDir,
          target,
          box: boxKeysOf(await readOrMakeSecret(dataDir, BOX_KEY)),
          recovery,
          boxName: (await readSettings(db)).general.boxName,
          version: versionOf(root),
        },
        { reason: 'person', withModels, onProgress: progressLines(say) },
      ),
    );
  });
  say(
    `Backup ${manifest.id} is made: ${countsLine(manifest)}, of which ${formatBytes(manifest.counts.newBytes)} were new; it took ${duration(manifest.tookMs)}.`,
  );
  for (const { path, reason } of manifest.missing) say(`Not in it, since ${reason}: the original ${path}.`);
  if (!recovery)
    say('There is no recovery key yet: if this machine is lost, nobody can open this backup. Make one with “backup key new”, then another backup.');
  return 0;
};

const list = async (place: Place, { from, withRecoveryKey }: Of<'list'>): Promise<number> => {
  const { config, say, ask } = place;
  const target = chosenTarget(from, '--from', place);
  const found = await findBackups(target);
  if (found.length === 0) {
    say('There are no backups in that folder.');
    return 0;
  }
  const opener = await openerOf({ dataDir: config.dataDir, withRecoveryKey, ask });
  for (const one of found) {
    const words = await openBackup(target, one, opener).then(
      ({ manifest }) => `“${manifest.boxName}”, release ${manifest.version}: ${countsLine(manifest)}`,
      (error: unknown) => errorText(error),
    );
    say(`${one.id}  ${one.takenAt.toISOString()}  ${words}`);
  }
  return 0;
};

const verify = async (box: Place, { id, from, withRecoveryKey }: Of<'verify'>): Promise<number> => {
  const { config, say, ask } = box;
  const target = chosenTarget(from, '--from', box);
  const opener = await openerOf({ dataDir: config.dataDir, withRecoveryKey, ask });
  const { manifest, place } = await chooseBackup(target, { id, opener });
  const result = await verifyBackup(place, manifest, { onProgress: progressLines(say) });
  verificationLines(result, manifest.id).forEach(say);
  return result.ok ? 0 : 1;
};

const key = async ({ config: { dataDir }, say, ask }: Place, { act }: Of<'key'>): Promise<number> => {
  const known = await findRecoveryKey(dataDir);
  if (act === 'show') {
    say(
      known
        ? `The recovery key was made ${known.createdAt}. Its words are kept nowhere on this box.`
        : 'There is no recovery key. Make one with “backup key new”.',
    );
    return 0;
  }
  if (act === 'check') {
    if (!ask) throw new StartProblem('The recovery key is typed at a terminal, and there is none.');
    const right = await isRecoveryKey(dataDir, await ask('The 24 words of the recovery key: '));
    say(
      right
        ? 'These are the words of the recovery key in force.'
        : 'These are not the words of the recovery key in force: they belong to another box, or to an earlier key.',
    );
    return right ? 0 : 1;
  }
  const { words } = await makeRecoveryKey(dataDir, await readOrMakeSecret(dataDir, BOX_KEY));
  const each = words.split(' ');
  say('The recovery key. Write these words down in their order and keep them away from this machine; they are shown this once.');
  say('');
  for (let row = 0; row < each.length; row += 6)
    say(
      `  ${each
        .slice(row, row + 6)
        .map((word, at) => `${String(row + at + 1).padStart(2)} ${word.padEnd(9)}`)
        .join(' ')}`,
    );
  say('');
  say(
    known
      ? 'Backups from now on open with it. Older ones open with the recovery key that they were made for.'
      : 'Every backup from now on opens with it, on any machine.',
  );
  return 0;
};

/** `backup …` of the command line. Returns the exit code. */
export const runBackupCommand = (place: Place, command: BackupCommand): Promise<number> => {
  switch (command.verb) {
    case 'create':
      return create(place, command);
    case 'list':
      return list(place, command);
    case 'verify':
      return verify(place, command);
    case 'drill':
      return drill(place, command);
    case 'restore':
      return restore(place, command);
    case 'key':
      return key(place, command);
  }
};

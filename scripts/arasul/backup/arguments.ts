import { didYouMean } from '#contracts';
import { StartProblem } from '../../../services/launcher/start-problem.ts';

export type BackupCommand =
  | { verb: 'create'; to: string | undefined; withModels: boolean }
  | { verb: 'list'; from: string | undefined; withRecoveryKey: boolean }
  | { verb: 'verify'; id: string | undefined; from: string | undefined; withRecoveryKey: boolean }
  | { verb: 'drill'; id: string | undefined; from: string | undefined; withRecoveryKey: boolean }
  | { verb: 'restore'; id: string | undefined; from: string | undefined; withRecoveryKey: boolean; isSure: boolean }
  | { verb: 'key'; act: 'show' | 'new' | 'check' };

export const BACKUP_USAGE = `npm run arasul -- backup COMMAND

  create --to=FOLDER [--with-models]      a backup into a folder, a stick or a mounted share
  list --from=FOLDER                      what backups are there
  verify [ID] --from=FOLDER               reads every piece of a backup (the newest, unless one is named) and compares its hash
  drill [ID] --from=FOLDER                restores a backup beside the box, compares every row and hash, asks for known
                                          passages, and takes it away again: only such a backup is called good
  restore [ID] --from=FOLDER [--yes]      makes the box what it was; on a new machine it asks for the recovery key. Stop the box first
  key                                     whether there is a recovery key, and since when
  key new                                 makes a recovery key and shows its words, once
  key check                               asks for the words and says whether they are the right ones

  FOLDER may be a bucket as well, such as https://host:9000/bucket/folder; its keys are ARASUL_BACKUP_S3_ACCESS_KEY and
  ARASUL_BACKUP_S3_SECRET_KEY (or …_FILE)

  --recovery-key                          opens the backups with the words of a recovery key, which are asked for,
                                          instead of with this box's own key`;

const VERBS = ['create', 'list', 'verify', 'drill', 'restore', 'key'];

/** Reads the words after `arasul backup`. Errors: `StartProblem` with the usage. */
export const readBackupCommand = (words: readonly string[]): BackupCommand => {
  const refuse = (message: string) => new StartProblem(`${message}\n\n${BACKUP_USAGE}`);
  const [verb = '', ...rest] = words;
  const names = rest.filter((word) => !word.startsWith('--'));
  const options = new Map(rest.filter((word) => word.startsWith('--')).map((word) => word.split(/=(.*)/s, 2) as [string, string | undefined]));
  const takeValue = (name: string): string | undefined => {
    const value = options.get(name);
    if (options.has(name) && !value) throw refuse(`Say ${name}=FOLDER.`);
    options.delete(name);
    return value;
  };
  const takeFlag = (name: string): boolean => {
    if (options.get(name) !== undefined) throw refuse(`“${name}” takes no value.`);
    return options.delete(name);
  };
  const done = <Command extends BackupCommand>(command: Command, most: number): Command => {
    const [unknown] = options.keys();
    if (unknown !== undefined) throw refuse(`“${unknown}” is not known here.`);
    if (names.length > most) throw refuse(`“${names.slice(most).join(' ')}” is too much.`);
    return command;
  };
  switch (verb) {
    case 'create':
      return done({ verb, to: takeValue('--to'), withModels: takeFlag('--with-models') }, 0);
    case 'list':
      return done({ verb, from: takeValue('--from'), withRecoveryKey: takeFlag('--recovery-key') }, 0);
    case 'verify':
      return done({ verb, id: names[0], from: takeValue('--from'), withRecoveryKey: takeFlag('--recovery-key') }, 1);
    case 'drill':
      return done({ verb, id: names[0], from: takeValue('--from'), withRecoveryKey: takeFlag('--recovery-key') }, 1);
    case 'restore':
      return done({ verb, id: names[0], from: takeValue('--from'), withRecoveryKey: takeFlag('--recovery-key'), isSure: takeFlag('--yes') }, 1);
    case 'key': {
      const act = names[0] ?? 'show';
      if (act !== 'show' && act !== 'new' && act !== 'check') throw refuse(`“key ${act}” is no command.`);
      return done({ verb, act }, 1);
    }
    default: {
      const meant = didYouMean(verb, VERBS);
      throw refuse(verb === '' ? 'Say what to do.' : `“backup ${verb}” is no command.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`);
    }
  }
};

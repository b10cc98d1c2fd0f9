import { didYouMean } from '#contracts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { readBackupCommand, type BackupCommand } from './backup/arguments.ts';

export type Command =
  | { name: 'help' }
  | { name: 'status' }
  | { name: 'users' }
  | { name: 'reset-password'; username: string; withoutTotp: boolean }
  | { name: 'queue'; words: string[] }
  | { name: 'alerts'; words: string[] }
  | { name: 'incidents'; words: string[] }
  | { name: 'rules'; words: string[] }
  | { name: 'update'; words: string[]; yes: boolean }
  | { name: 'verify-receipt'; file: string; originals: string[]; key: string | undefined }
  | { name: 'backup'; backup: BackupCommand };

export const USAGE = `npm run arasul -- COMMAND

  status                                  what runs
  users                                   the accounts of this box
  reset-password NAME [--without-totp]    a new one-time password; with the option, two-step sign-in is switched off as well
  queue [list]                            what runs and what waits, in order
  queue pause [REASON] | resume           begin nothing new, or go on
  queue cancel JOB | move JOB [BEFORE]    stop a job, or put one that waits right before another (without one: at the end)
  alerts [list]                           what is wrong now, and what is silenced
  alerts silence TARGET TIME [REASON]     tell nobody of a cause (disk:/data, disk), a rule or everything (all) for 30m, 4h or 2d
  alerts speak SILENCE                    end a silence
  alerts thresholds [KEY=VALUE ...]       the thresholds in force, or change some
  incidents [list] | show ID | take ID    what was wrong, all of one, or take it
  rules [list] | show RULE | on RULE | off RULE | reset RULE | remove RULE
                                          what is watched; RULE is an id, a key such as metric.disk, or a name
  rules create FILE | change RULE FILE    from JSON, as the API takes it and “rules show” prints it
  rules try RULE|FILE [DAYS]              what a rule would have told in the last days
  update plan FILE                        what a bundle is, from whom, and what it would change; changes nothing
  update apply FILE [--yes]               checks it, puts it beside what runs, and switches; the old release returns by itself
                                          when the new one is unwell
  update roll-back [--yes]                what would be lost, or returns to the release before, with its settings
  update bundles                          what was sent through the dashboard or lies on a stick
  update policy [on|off] [HOUR]           whether signed updates are applied by themselves, and at which hour
  update history                          what was applied, and what became of it
  update report FOLDER                    a signed report for the maker of releases, onto a stick: versions, outcomes, health;
                                          no document's text, no name, no secret
  update trust [add NAME FILE | revoke NAME | restore NAME]
                                          whose releases are taken
  verify-receipt FILE [ORIGINAL...] [--key=KEY]
                                          whether an answer's receipt is genuine; with the documents' originals, whether the
                                          quotes stand in them; with the box's key, whether it is of that box. Needs no box.
  backup create|list|verify|drill|restore|key ...
                                          backups; “backup” alone shows how`;

const COMMANDS = ['help', 'status', 'users', 'reset-password', 'queue', 'alerts', 'incidents', 'rules', 'update', 'verify-receipt', 'backup'];
const WITHOUT_TOTP = '--without-totp';
const KEY = '--key=';
const YES = '--yes';

const refuse = (message: string) => new StartProblem(`${message}\n\n${USAGE}`);

/** Reads the words after `arasul`. Errors: `StartProblem` with the usage. */
export const readCommand = (words: readonly string[]): Command => {
  const [name = 'help', ...rest] = words;
  if (name === 'backup') return { name, backup: readBackupCommand(rest) };
  const options = rest.filter((word) => word.startsWith('--'));
  const names = rest.filter((word) => !word.startsWith('--'));
  if (!COMMANDS.includes(name) && name !== '--help') {
    const meant = didYouMean(name, COMMANDS);
    throw refuse(`“${name}” is no command.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`);
  }
  const isKnown = (option: string): boolean =>
    (name === 'reset-password' && option === WITHOUT_TOTP) ||
    (name === 'update' && option === YES) ||
    (name === 'verify-receipt' && option.startsWith(KEY) && option.length > KEY.length);
  const unknown = options.find((option) => !isKnown(option));
  if (unknown !== undefined) throw refuse(`“${unknown}” is not known here.`);
  if (name === 'reset-password') {
    const [username, ...more] = names;
    if (username === undefined || more.length > 0) throw refuse('Name the one account whose password is to be reset.');
    return { name, username, withoutTotp: options.includes(WITHOUT_TOTP) };
  }
  if (name === 'queue' || name === 'alerts' || name === 'incidents' || name === 'rules') return { name, words: names };
  if (name === 'update') return { name, words: names, yes: options.includes(YES) };
  if (name === 'verify-receipt') {
    const [file, ...originals] = names;
    if (file === undefined) throw refuse('Name the file of the receipt that is to be checked.');
    return { name, file, originals, key: options[0]?.slice(KEY.length) };
  }
  if (names.length > 0) throw refuse(`“${names.join(' ')}” is too much.`);
  return { name: name === '--help' ? 'help' : (name as 'help' | 'status' | 'users') };
};

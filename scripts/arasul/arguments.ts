import { didYouMean } from '#contracts';
import { StartProblem } from '../../services/launcher/start-problem.ts';

export type Command = { name: 'help' } | { name: 'status' } | { name: 'users' } | { name: 'reset-password'; username: string; withoutTotp: boolean };

export const USAGE = `npm run arasul -- COMMAND

  status                                  what runs
  users                                   the accounts of this box
  reset-password NAME [--without-totp]    a new one-time password; with the option, two-step sign-in is switched off as well`;

const COMMANDS = ['help', 'status', 'users', 'reset-password'];
const WITHOUT_TOTP = '--without-totp';

const refuse = (message: string) => new StartProblem(`${message}\n\n${USAGE}`);

/** Reads the words after `arasul`. Errors: `StartProblem` with the usage. */
export const readCommand = (words: readonly string[]): Command => {
  const [name = 'help', ...rest] = words;
  const options = rest.filter((word) => word.startsWith('--'));
  const names = rest.filter((word) => !word.startsWith('--'));
  if (!COMMANDS.includes(name) && name !== '--help') {
    const meant = didYouMean(name, COMMANDS);
    throw refuse(`“${name}” is no command.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`);
  }
  const unknown = options.find((option) => name !== 'reset-password' || option !== WITHOUT_TOTP);
  if (unknown !== undefined) throw refuse(`“${unknown}” is not known here.`);
  if (name === 'reset-password') {
    const [username, ...more] = names;
    if (username === undefined || more.length > 0) throw refuse('Name the one account whose password is to be reset.');
    return { name, username, withoutTotp: options.includes(WITHOUT_TOTP) };
  }
  if (names.length > 0) throw refuse(`“${names.join(' ')}” is too much.`);
  return { name: name === '--help' ? 'help' : (name as 'help' | 'status' | 'users') };
};

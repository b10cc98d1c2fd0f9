import { isAppError, type Env } from '#kit';
import { readConfig } from '../../services/launcher/config.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { listUsers, resetPassword } from './accounts.ts';
import { alertsCommand } from './alerts.ts';
import { readCommand, USAGE } from './arguments.ts';
import { runBackupCommand } from './backup/main.ts';
import { queueCommand } from './queue.ts';
import { receiptLines } from './receipt.ts';
import { statusLines } from './status.ts';
import { updateCommand } from './update.ts';
import { withDatabase } from './with-database.ts';

interface Options {
  root: string;
  env: Env;
  words: readonly string[];
  say: (line: string) => void;
  complain: (line: string) => void;
  /** Asks who sits at the terminal; absent where nobody does. */
  ask?: (question: string) => Promise<string>;
}

/** 0 as exit code is done, 1 could not, 3 (of `status`) is not running, as systemctl has it. */
const NOT_RUNNING = 3;

const perform = async ({ root, env, words, say, ask }: Options): Promise<number> => {
  const command = readCommand(words);
  if (command.name === 'help') {
    say(USAGE);
    return 0;
  }
  if (command.name === 'verify-receipt') {
    const { genuine, lines } = await receiptLines(command);
    lines.forEach(say);
    return genuine ? 0 : 1;
  }
  const config = readConfig(env, []);
  if (command.name === 'status') {
    const { running, lines } = statusLines(config.dataDir);
    lines.forEach(say);
    return running ? 0 : NOT_RUNNING;
  }
  if (command.name === 'backup') return runBackupCommand({ config, env, root, say, ask }, command.backup);
  if (command.name === 'update') return updateCommand({ root, config, say, ...command });
  return withDatabase({ config, root, say }, async (database) => {
    const place = { database, dataDir: config.dataDir };
    if (command.name === 'users') {
      const lines = await listUsers(place);
      (lines.length > 0 ? lines : ['No account yet: open the dashboard and enter the one-time code that “npm start” shows.']).forEach(say);
      return 0;
    }
    if (command.name === 'queue') {
      await queueCommand(database, command.words, say);
      return 0;
    }
    if (command.name === 'alerts' || command.name === 'incidents' || command.name === 'rules') {
      await alertsCommand(database, command.name, command.words, say);
      return 0;
    }
    const { username, password, isActive } = await resetPassword(place, command);
    say(`The one-time password of ${username} is`);
    say('');
    say(`  ${password}`);
    say('');
    say('It must be changed at the next sign-in. All sessions of the account have ended.');
    if (!isActive) say('The account is closed; an administrator opens it on the Users page.');
    return 0;
  });
};

/** The command line of a box, for who sits at the machine. Returns the exit code. */
export const runCommand = async (options: Options): Promise<number> => {
  try {
    return await perform(options);
  } catch (error) {
    if (!(error instanceof StartProblem || isAppError(error))) throw error;
    options.complain(error.message);
    return 1;
  }
};

import { createFolderTarget, type BackupTarget } from '#clients';
import { findBackups, openBackup, type FoundBackup, type Opener } from '#backup';
import { readOrMakeSecret } from '#kit';
import { StartProblem } from '../../../services/launcher/start-problem.ts';

/** Asks the person at the terminal; undefined where there is none. */
export type Ask = (question: string) => Promise<string>;

export const BOX_KEY = 'backup-key';

export const folderTarget = (folder: string | undefined, option: '--to' | '--from'): BackupTarget => {
  if (folder === undefined) throw new StartProblem(`Name the folder of the backups with ${option}=FOLDER.`);
  return createFolderTarget(folder);
};

/** With what backups are opened: this box's own key, or the words that a person types. */
export const openerOf = async ({ dataDir, withRecoveryKey, ask }: { dataDir: string; withRecoveryKey: boolean; ask: Ask | undefined }): Promise<Opener> => {
  if (!withRecoveryKey) return { boxKey: await readOrMakeSecret(dataDir, BOX_KEY) };
  if (!ask) throw new StartProblem('The recovery key is typed at a terminal, and there is none.');
  return { words: await ask('The 24 words of the recovery key: ') };
};

/** The backup of that id, or the newest. Errors: `StartProblem` where there is none, and those of `openBackup`. */
export const chooseBackup = async (target: BackupTarget, { id, opener }: { id: string | undefined; opener: Opener }) => {
  const found = await findBackups(target);
  const [newest] = found;
  if (!newest) throw new StartProblem('There are no backups in that folder. Is it the right one?');
  const chosen = id === undefined ? newest : found.find((one) => one.id === id || one.id.startsWith(id));
  if (!chosen) throw new StartProblem(`There is no backup ${id} in that folder. “backup list” shows those that are there.`);
  return { found: chosen, ...(await openBackup(target, chosen, opener)) };
};

export type { FoundBackup };

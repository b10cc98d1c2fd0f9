import { findBackups, openBackup, prepareRestore, type Manifest, type RestoreNeeds } from '#backup';
import { createFolderTarget, type BackupTarget } from '#clients';
import type { RestoreRequest, RestoreView } from '#contracts';
import { AppError, errorText, type Logger } from '#kit';

interface Needs {
  /** Errors: those of the set-up's code, `setup_done`. */
  authorise: (code: string) => Promise<void>;
  isRequired: () => Promise<boolean>;
  needs: () => Promise<RestoreNeeds>;
  /** Makes the box start again, which takes over what was laid ready; false where nobody is there who could. */
  restart: () => Promise<boolean>;
  log: Logger;
}

const NOTHING: RestoreView = { state: 'none', phase: null, doneBytes: 0, totalBytes: 0, error: null, backup: null };

const factsOf = ({ id, boxName, takenAt, version, counts }: Manifest): NonNullable<RestoreView['backup']> => ({
  id,
  boxName,
  takenAt,
  version,
  documents: counts.documents,
  conversations: counts.conversations,
  people: counts.people,
});

/** Errors: `validation_failed` where there is no backup, `backup_target_away`. */
const choose = async (target: BackupTarget, folder: string, backupId: string | undefined) => {
  const found = await findBackups(target);
  const chosen = backupId === undefined ? found[0] : found.find(({ id }) => id === backupId);
  if (!chosen)
    throw new AppError('validation_failed', {
      message: backupId
        ? `There is no backup ${backupId} in ${folder}.`
        : `There are no backups in ${folder}. Name the folder that holds READ-ME.txt or “arasul-…”.`,
    });
  return chosen;
};

/** “I have a backup”, on a box that has no owner yet: lays it ready beside the empty box, then starts the box again as the one that was lost. */
export const createRestoreService = ({ authorise, isRequired, needs, restart, log }: Needs) => {
  let view = NOTHING;

  const carryOut = async (place: BackupTarget, manifest: Manifest): Promise<void> => {
    try {
      await prepareRestore(place, manifest, await needs(), {
        onProgress: ({ phase, doneBytes, totalBytes }) => (view = { ...view, phase, doneBytes, totalBytes }),
      });
      view = { ...view, state: (await restart()) ? 'restarting' : 'ready' };
    } catch (error) {
      log.warn({ reason: errorText(error) }, 'a backup could not be restored');
      view = { ...view, state: 'failed', error: errorText(error) };
    }
  };

  return {
    /** How far it is; nothing is told once the box has its owner. */
    state: async (): Promise<RestoreView> => ((await isRequired()) ? view : NOTHING),

    /**
     * Opens the backup and begins to restore it. Errors: `invalid_setup_code`, `rate_limited`, `setup_done`, `conflict`, `validation_failed`,
     * `recovery_key_wrong`, `backup_damaged`, `backup_too_new`, `backup_target_away`.
     */
    async begin({ code, folder, words, backupId }: RestoreRequest): Promise<RestoreView> {
      await authorise(code);
      if (view.state === 'running' || view.state === 'restarting') throw new AppError('conflict', { message: 'A backup is being restored already.' });
      const before = view;
      view = { ...NOTHING, state: 'running' };
      try {
        const target = createFolderTarget(folder);
        const { place, manifest } = await openBackup(target, await choose(target, folder, backupId), { words });
        view = { ...view, backup: factsOf(manifest) };
        void carryOut(place, manifest);
        return view;
      } catch (error) {
        view = before;
        throw error;
      }
    },
  };
};
export type RestoreService = ReturnType<typeof createRestoreService>;

import { withinTarget, type BackupTarget } from '#clients';
import { AppError } from '#kit';
import { manifestName, readManifest, type Manifest } from './manifest.ts';
import type { BoxKeys, Opener } from './keys.ts';

const BACKUP = /^(arasul-[0-9a-f]{12})\/backups\/(\d{8}T\d{6}Z-[0-9a-f]{6})\.age$/;

const ABOUT = `This folder holds encrypted backups of an Arasul box.

To restore them: install Arasul on a machine, open its address, choose “I have a backup” on the set-up page, and name this
folder; or run “npm run arasul -- backup restore --from=FOLDER”. You need the 24 words of the recovery key.
Do not rename or remove files by hand: backups share what is the same in them.
`;

/** A box's own folder in a target; several boxes may share one. */
export const boxFolder = ({ tag }: Pick<BoxKeys, 'tag'>): string => `arasul-${tag}`;

export const ownPlace = (target: BackupTarget, box: Pick<BoxKeys, 'tag'>): BackupTarget => withinTarget(target, boxFolder(box));

/** Leaves a sentence for who finds the folder. */
export const leaveNote = async (target: BackupTarget): Promise<void> => {
  const name = 'READ-ME.txt';
  if (await target.has(name)) return;
  async function* text(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(ABOUT));
  }
  await target.write(name, text());
};

/** A backup by what its name says; its list is still closed. */
export interface FoundBackup {
  id: string;
  /** The box's folder that it lies in. */
  folder: string;
  takenAt: Date;
}

/** A name that sorts by time, and is not the same twice. */
export const backupIdOf = (takenAt: Date, random: string): string => `${takenAt.toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;

const timeOf = (id: string): Date => new Date(id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z'));

/** Every backup in a target, newest first. Errors: `backup_target_away`. */
export const findBackups = async (target: BackupTarget): Promise<FoundBackup[]> => {
  const found: FoundBackup[] = [];
  for await (const { name } of target.list('')) {
    const [, folder, id] = BACKUP.exec(name) ?? [];
    if (folder && id) found.push({ id, folder, takenAt: timeOf(id) });
  }
  return found.sort((a, b) => (a.id < b.id ? 1 : -1));
};

/** Opens a backup's list. Errors: `not_found`, `recovery_key_wrong`, `backup_damaged`, `backup_too_new`, `backup_target_away`. */
export const openBackup = async (
  target: BackupTarget,
  { folder, id }: Pick<FoundBackup, 'folder' | 'id'>,
  opener: Opener,
): Promise<{ manifest: Manifest; place: BackupTarget }> => {
  const place = withinTarget(target, folder);
  const source = await place.read(manifestName(id)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') throw new AppError('not_found', { message: `There is no backup ${id} there.`, cause: error });
    throw error;
  });
  const manifest = await readManifest(source, opener);
  if (manifest.id !== id)
    throw new AppError('backup_damaged', { message: `The file of the backup ${id} holds another backup (${manifest.id}): it was renamed.` });
  return { manifest, place };
};

import type { BackupTarget } from '#clients';
import { CONTENTS, contentName } from './contents.ts';
import { boxKeysOf } from './keys.ts';
import { contentKeysOf, manifestName } from './manifest.ts';
import { boxFolder, findBackups, openBackup, ownPlace } from './place.ts';
import { contentsOf } from './verify.ts';

export interface Pruned {
  backups: number;
  contents: number;
}

/**
 * Removes this box's backups that are not kept, and then every content that none of the others needs. Nobody may write into the target
 * meanwhile. A list that cannot be opened keeps all contents, since what it needs is not known. Errors: `backup_target_away`.
 */
export const pruneBackups = async (target: BackupTarget, { boxKey, keep }: { boxKey: Uint8Array; keep: ReadonlySet<string> }): Promise<Pruned> => {
  const box = boxKeysOf(boxKey);
  const place = ownPlace(target, box);
  const own = (await findBackups(target)).filter(({ folder }) => folder === boxFolder(box));
  const needed = new Set<string>();
  for (const one of own.filter(({ id }) => keep.has(id))) {
    const { manifest } = await openBackup(target, one, { boxKey });
    const keys = contentKeysOf(manifest);
    for (const { sha256 } of contentsOf(manifest).values()) needed.add(contentName(keys, sha256));
  }
  const gone = own.filter(({ id }) => !keep.has(id));
  for (const { id } of gone) await place.remove(manifestName(id)); // first: a list without its contents would be a lie
  let contents = 0;
  if (gone.length > 0) {
    const all: string[] = [];
    for await (const { name } of place.list(CONTENTS)) all.push(name);
    for (const name of all.filter((one) => !needed.has(one))) {
      await place.remove(name);
      contents += 1;
    }
  }
  return { backups: gone.length, contents };
};

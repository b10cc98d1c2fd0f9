import type { BackupTarget } from '#clients';
import { isAppError } from '#kit';
import { contentName, createContentReader, type Kept } from './contents.ts';
import { contentKeysOf, type Manifest } from './manifest.ts';
import { createProgress, type OnProgress } from './progress.ts';

interface Options {
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** Removes what is damaged, which is of no use: the next backup then stores it again, and this one is whole again. */
  clear?: boolean;
}

/** Every content of a backup once, with what it is of. */
export const contentsOf = (manifest: Manifest): Map<string, Kept & { what: string }> => {
  const all = new Map<string, Kept & { what: string }>();
  for (const { name, segments } of manifest.tables) for (const segment of segments) all.set(segment.sha256, { ...segment, what: `the table ${name}` });
  for (const file of manifest.objects) all.set(file.sha256, { ...file, what: 'a document' });
  for (const file of manifest.secrets) all.set(file.sha256, { ...file, what: `the secret ${file.path}` });
  for (const file of manifest.models.files) all.set(file.sha256, { ...file, what: `the model file ${file.path}` });
  return all;
};

export interface Verification {
  ok: boolean;
  contents: number;
  bytes: number;
  /** What is missing or damaged, at most ten. */
  problems: string[];
  damaged: number;
}

const MOST_PROBLEMS = 10;

/** Reads every content of a backup and compares its hash. Errors: `backup_target_away`, the signal's reason. */
export const verifyBackup = async (place: BackupTarget, manifest: Manifest, { onProgress, signal, clear = false }: Options = {}): Promise<Verification> => {
  const keys = contentKeysOf(manifest);
  const reader = createContentReader({ target: place, keys });
  const contents = contentsOf(manifest);
  const progress = createProgress(
    [...contents.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    onProgress,
  );
  progress.enter('checking');
  const result: Verification = { ok: true, contents: contents.size, bytes: 0, problems: [], damaged: 0 };
  for (const kept of contents.values()) {
    signal?.throwIfAborted();
    try {
      for await (const part of reader.read(kept)) result.bytes += part.length;
    } catch (error) {
      if (!isAppError(error, 'backup_damaged')) throw error;
      result.ok = false;
      result.damaged += 1;
      if (result.problems.length < MOST_PROBLEMS) result.problems.push(`${kept.what}: ${error.message}`);
      if (clear) await place.remove(contentName(keys, kept.sha256));
    }
    progress.add(kept.sizeBytes);
  }
  return result;
};

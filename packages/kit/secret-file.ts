import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from './ids.ts';

const SECRET_BYTES = 32;

const readOrNull = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

/** Writes a whole file or nothing, and never over another: link(2) fails when the name is taken. */
const makeSecret = async (folder: string, path: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${newId()}`);
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
};

/**
 * The secret called `name` of a data folder, as 32 bytes; made at first use, readable by its owner alone.
 * Processes that start at once agree: the one that comes second takes what the first wrote.
 */
export const readOrMakeSecret = async (dataDir: string, name: string): Promise<Buffer> => {
  const folder = join(dataDir, 'secrets');
  const path = join(folder, name);
  let text = await readOrNull(path);
  if (text === null) {
    await makeSecret(folder, path);
    text = await readFile(path, 'utf8');
  }
  const secret = Buffer.from(text.trim(), 'base64url');
  if (secret.length !== SECRET_BYTES) throw new Error(`${path} does not hold a secret of ${SECRET_BYTES} bytes. Restore it from a backup of the data folder.`);
  return secret;
};

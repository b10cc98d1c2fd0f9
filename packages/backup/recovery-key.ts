import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { newId } from '#kit';
import { boxKeysOf, keyOfWords, makeRecoveryWords, recipientOf, vouchFor, type RecoveryKey } from './keys.ts';

const FILE = 'recovery-recipient';
const stored = z.object({ recipient: z.string().startsWith('age1'), vouch: z.string(), createdAt: z.string() });

const pathIn = (dataDir: string): string => join(dataDir, 'secrets', FILE);

/** What this box keeps of its recovery key; null while none was made. */
export const findRecoveryKey = async (dataDir: string): Promise<RecoveryKey | null> => {
  const text = await readFile(pathIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : stored.parse(JSON.parse(text));
};

const keep = async (dataDir: string, key: RecoveryKey): Promise<void> => {
  const draft = join(dataDir, 'secrets', `.${newId()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(key)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, pathIn(dataDir));
};

/** Makes a recovery key and returns its words, which are kept nowhere. Backups made from now on open with it; those before, with the one before. */
export const makeRecoveryKey = async (dataDir: string, boxKey: Uint8Array): Promise<{ words: string; key: RecoveryKey }> => {
  const words = makeRecoveryWords();
  const secret = keyOfWords(words);
  const key = {
    recipient: await recipientOf(secret),
    vouch: vouchFor(secret, boxKeysOf(boxKey).signer.publicKey),
    createdAt: new Date().toISOString(),
  };
  await keep(dataDir, key);
  return { words, key };
};

/** Whether these are the words of the recovery key in force. Errors: `recovery_key_wrong` for what can be no recovery key. */
export const isRecoveryKey = async (dataDir: string, words: string): Promise<boolean> => {
  const known = await findRecoveryKey(dataDir);
  return known !== null && known.recipient === (await recipientOf(keyOfWords(words)));
};

import { z } from 'zod';
import { AppError, isAppError } from '#kit';
import { decrypt, encrypt } from './age-file.ts';
import { pack, unpack } from './compression.ts';
import { boxKeysOf, identityOf, keyOfWords, vouchFor, type BoxKeys, type ContentKeys, type Opener, type RecoveryKey } from './keys.ts';
import { isSignedBy } from './sign.ts';

/** Raised when an older release can no longer read what this one writes. */
export const BACKUP_FORMAT = 1;

const kept = z.object({ sha256: z.string(), sizeBytes: z.number() });
const keptFile = kept.extend({ path: z.string() });

const table = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rows: z.number(),
  segments: z.array(kept),
  /** For a part of a partitioned table: of which, and for what, as SQL says it. */
  partition: z.object({ of: z.string(), bounds: z.string() }).optional(),
});

const manifestSchema = z.object({
  format: z.number(),
  id: z.string(),
  boxName: z.string(),
  /** Of the product that made it. */
  version: z.string(),
  /** What the processor was; for people: a backup fits every other. */
  architecture: z.string(),
  reason: z.enum(['schedule', 'person', 'update', 'restore']),
  /** The instant that it shows. */
  takenAt: z.string(),
  tookMs: z.number(),
  migrations: z.array(z.string()),
  tables: z.array(table),
  sequences: z.array(z.object({ name: z.string(), value: z.number(), called: z.boolean() })),
  objects: z.array(keptFile),
  secrets: z.array(keptFile),
  models: z.object({ names: z.array(z.string()), files: z.array(keptFile) }),
  /** What the box itself had lost when it was made. */
  missing: z.array(z.object({ path: z.string(), reason: z.string() })),
  counts: z.object({ documents: z.number(), conversations: z.number(), people: z.number(), rows: z.number(), bytes: z.number(), newBytes: z.number() }),
  keys: z.object({ naming: z.string(), contents: z.string() }),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type KeptTable = Manifest['tables'][number];

const seal = z.object({ publicKey: z.string(), signature: z.string(), vouch: z.string().nullable() });

/** Where a list of contents lies. */
export const manifestName = (id: string): string => `backups/${id}.age`;

/** How contents of this backup are named and opened. */
export const contentKeysOf = ({ keys }: Manifest): ContentKeys => ({ namingKey: Buffer.from(keys.naming, 'base64url'), identity: keys.contents });

/** The file of a list of contents: one line that says who signed it, then the list; encrypted for the box and for the recovery key. */
export async function* writeManifest(manifest: Manifest, { box, recovery }: { box: BoxKeys; recovery: RecoveryKey | null }): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(JSON.stringify(manifestSchema.parse(manifest)));
  const { publicKey, sign } = box.signer;
  const line = `${JSON.stringify({ publicKey, signature: sign(bytes), vouch: recovery?.vouch ?? null })}\n`;
  async function* plain(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.concat([Buffer.from(line), bytes]));
  }
  const recipients = [await box.recipient(), ...(recovery ? [recovery.recipient] : [])];
  yield* encrypt(pack(plain()), recipients);
}

const damaged = (cause?: unknown) =>
  new AppError('backup_damaged', { message: 'The list of what this backup holds was changed. Use another backup, or another copy of this one.', cause });

/** Whether whoever holds the opener knows the key that signed. */
const isKnownSigner = (opener: Opener, { publicKey, vouch }: z.infer<typeof seal>): boolean => {
  if ('boxKey' in opener) return publicKey === boxKeysOf(opener.boxKey).signer.publicKey;
  return vouch === vouchFor(keyOfWords(opener.words), publicKey);
};

/** Opens and checks a list of contents. Errors: `recovery_key_wrong`, `backup_damaged`, `backup_too_new`, and the source's own. */
export const readManifest = async (source: AsyncIterable<Uint8Array>, opener: Opener): Promise<Manifest> => {
  const identity = 'boxKey' in opener ? identityOf(opener.boxKey) : identityOf(keyOfWords(opener.words));
  const parts: Uint8Array[] = [];
  for await (const part of unpack(decrypt(source, [identity]))) parts.push(part);
  const all = Buffer.concat(parts);
  const end = all.indexOf('\n');
  const bytes = all.subarray(end + 1);
  try {
    const signed = seal.parse(JSON.parse(all.subarray(0, Math.max(0, end)).toString('utf8')));
    if (!isSignedBy(signed.publicKey, bytes, signed.signature)) throw damaged();
    if (!isKnownSigner(opener, signed))
      throw new AppError('backup_damaged', { message: 'This backup was not made by the box that it says: its signature is of a stranger. Do not use it.' });
    const json = JSON.parse(bytes.toString('utf8')) as { format?: unknown; version?: unknown };
    if (typeof json.format === 'number' && json.format > BACKUP_FORMAT)
      throw new AppError('backup_too_new', {
        message: `This backup was made by a newer release (${String(json.version)}). Update this box first, then restore.`,
      });
    return manifestSchema.parse(json);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw damaged(error);
  }
};

import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { AppError } from '#kit';
import { createSigner } from './sign.ts';

const KEY_BYTES = 32;
const WORDS = 24;

const derive = (key: Uint8Array, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, '', `arasul backup ${purpose}`, KEY_BYTES));

/** An age identity (`AGE-SECRET-KEY-1…`) from its 32 bytes. Source: the age specification, “native X25519 recipient type”. */
export const identityOf = (key: Uint8Array): string => bech32.encodeFromBytes('age-secret-key-', key).toUpperCase();

/** The public half (`age1…`) of an identity. */
export const recipientOf = (key: Uint8Array): Promise<string> => identityToRecipient(identityOf(key));

/** A recovery key: 24 words that a person can write down, which open every backup made for it. */
export const makeRecoveryWords = (): string => entropyToMnemonic(randomBytes(KEY_BYTES), wordlist);

/** The key behind the words, whatever the spaces and letters' case. Errors: `recovery_key_wrong` when a word is not one of the list or a word is missing or swapped. */
export const keyOfWords = (words: string): Buffer => {
  const plain = words.trim().toLowerCase().split(/\s+/);
  const stranger = plain.find((word) => !wordlist.includes(word));
  if (plain.length !== WORDS) throw new AppError('recovery_key_wrong', { message: `The recovery key has ${WORDS} words; these are ${plain.length}.` });
  if (stranger) throw new AppError('recovery_key_wrong', { message: `“${stranger}” is not a word of a recovery key. Look at how it was written down.` });
  try {
    return Buffer.from(mnemonicToEntropy(plain.join(' '), wordlist));
  } catch (cause) {
    throw new AppError('recovery_key_wrong', { message: 'Each word is right by itself, but together they are no recovery key: two may be swapped.', cause });
  }
};

/** Says that the holder of a recovery key took this box's signing key for genuine: nobody else can make it. */
export const vouchFor = (recoveryKey: Uint8Array, publicKey: string): string =>
  createHmac('sha256', derive(recoveryKey, 'vouch')).update(publicKey).digest('base64url');

/** What a backup's contents are named and encrypted with. Every list of contents carries it, so that a new recovery key opens what was stored before it. */
export interface ContentKeys {
  /** Nobody who finds a stick can tell from a name which known file it holds. */
  namingKey: Buffer;
  /** `AGE-SECRET-KEY-1…` */
  identity: string;
}

/** All that a box makes and opens its backups with, from one secret of 32 bytes. */
export const boxKeysOf = (boxKey: Uint8Array) => {
  const contentKey = derive(boxKey, 'contents');
  const namingKey = derive(boxKey, 'names');
  return {
    identity: identityOf(boxKey),
    recipient: () => recipientOf(boxKey),
    content: { namingKey, identity: identityOf(contentKey) } satisfies ContentKeys,
    contentRecipient: () => recipientOf(contentKey),
    signer: createSigner(derive(boxKey, 'signature')),
    /** Tells this box's backups from those of another in the same place. */
    tag: createHmac('sha256', namingKey).update('box').digest('hex').slice(0, 12),
  };
};
export type BoxKeys = ReturnType<typeof boxKeysOf>;

/** What a box keeps of a recovery key: enough to write for it, too little to open anything. */
export interface RecoveryKey {
  /** `age1…` */
  recipient: string;
  vouch: string;
  createdAt: string;
}

/** What a person opens a backup with: the box's own secret, or the words. */
export type Opener = { boxKey: Uint8Array } | { words: string };

import { hkdfSync, randomBytes } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import { bech32 } from '@scure/base';
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { AppError } from '#kit';

const KEY_BYTES = 32;

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
  if (plain.length !== 24) throw new AppError('recovery_key_wrong', { message: `The recovery key has 24 words; these are ${plain.length}.` });
  if (stranger) throw new AppError('recovery_key_wrong', { message: `“${stranger}” is not a word of a recovery key. Look at how it was written down.` });
  try {
    return Buffer.from(mnemonicToEntropy(plain.join(' '), wordlist));
  } catch (cause) {
    throw new AppError('recovery_key_wrong', { message: 'Each word is right by itself, but together they are no recovery key: two may be swapped.', cause });
  }
};

/** The key under which contents get their names: nobody who finds a stick can tell from a name which known file it holds. */
export const namingKeyOf = (boxKey: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', boxKey, '', 'arasul backup names', KEY_BYTES));

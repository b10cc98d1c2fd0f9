import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { keyIdOf } from '../tuf/roles.ts';

export interface SigningKey {
  id: string;
  publicHex: string;
  sign(bytes: Uint8Array): string;
}

const RAW_PUBLIC_BYTES = 32;

const fromPrivate = (key: KeyObject): SigningKey => {
  const publicHex = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-RAW_PUBLIC_BYTES).toString('hex');
  return { id: keyIdOf(publicHex), publicHex, sign: (bytes) => sign(null, bytes, key).toString('hex') };
};

/** A new Ed25519 key as PKCS#8, encrypted when there is a passphrase. */
export const newKeyPem = (passphrase?: string): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'pem', type: 'pkcs8', ...(passphrase ? { cipher: 'aes-256-cbc', passphrase } : {}) }).toString();
};

/** Opens a key file's text. Throws when the passphrase is missing or wrong, or it is no Ed25519 key. */
export const openKeyPem = (pem: string, passphrase?: string): SigningKey => {
  const key = createPrivateKey({ key: pem, passphrase });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('This is no Ed25519 key.');
  return fromPrivate(key);
};

/** DER around the 32 bytes of an Ed25519 private key (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key made from a secret of 32 bytes. */
export const keyOfSeed = (seed: Uint8Array): SigningKey => fromPrivate(createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }));

/** Eight groups of four: what people read to each other. */
export const fingerprint = (keyId: string): string => (keyId.slice(0, 32).match(/.{4}/g) ?? []).join(' ').toUpperCase();

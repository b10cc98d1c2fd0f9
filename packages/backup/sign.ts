import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** DER around a raw Ed25519 key (RFC 8410): the rest is the 32 bytes themselves. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
/** A signature of a backup is never taken for one of something else. */
const DOMAIN = Buffer.from('arasul backup\n');

/** Signs with the key made from a secret of 32 bytes. */
export const createSigner = (seed: Buffer) => {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(SPKI.length).toString('base64url');
  return { publicKey, sign: (bytes: Uint8Array): string => sign(null, Buffer.concat([DOMAIN, bytes]), privateKey).toString('base64url') };
};

/** Whether `signature` is that of `publicKey`. False for a damaged key or signature. */
export const isSignedBy = (publicKey: string, bytes: Uint8Array, signature: string): boolean => {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(publicKey, 'base64url')]), format: 'der', type: 'spki' });
    return verify(null, Buffer.concat([DOMAIN, bytes]), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
};

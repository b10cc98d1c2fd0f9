import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { Receipt, ReceiptKey, SignedReceipt } from '#contracts';
import { canonicalJson } from './canonical-json.ts';

/** DER around a raw Ed25519 key (RFC 8410): the rest is the 32 bytes themselves. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

const rawPublicKey = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(SPKI.length);

/** How a key is written down and read out: the first 16 digits of its SHA-256. */
export const keyIdOf = (publicKey: Buffer): string => createHash('sha256').update(publicKey).digest('hex').slice(0, 16).match(/.{4}/gu)!.join('-');

const bytesToSign = (receipt: Receipt): Buffer => Buffer.from(`arasul receipt\n${canonicalJson(receipt)}`);

/** Signs with the box's key, made from a secret of 32 bytes. */
export const createReceiptSigner = (seed: Buffer) => {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(createPublicKey(privateKey));
  const key: ReceiptKey = { algorithm: 'Ed25519', keyId: keyIdOf(publicKey), publicKey: publicKey.toString('base64url') };
  return {
    key,
    sign: (receipt: Receipt): SignedReceipt => ({ receipt, signature: { ...key, value: sign(null, bytesToSign(receipt), privateKey).toString('base64url') } }),
  };
};
export type ReceiptSigner = ReturnType<typeof createReceiptSigner>;

/** Whether the signature is that of the key that it names. False for a damaged key or signature. */
export const isSigned = ({ receipt, signature }: SignedReceipt): boolean => {
  const raw = Buffer.from(signature.publicKey, 'base64url');
  if (raw.length !== KEY_BYTES || keyIdOf(raw) !== signature.keyId) return false;
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    return verify(null, bytesToSign(receipt), key, Buffer.from(signature.value, 'base64url'));
  } catch {
    return false;
  }
};

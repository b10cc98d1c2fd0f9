import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface SecretBox {
  /** AES-256-GCM with an iv of its own; `purpose` must be named again to open it. */
  seal(plain: string, purpose: string): string;
  /** Throws for a text that was changed, sealed with another key or for another purpose. */
  open(sealed: string, purpose: string): string;
}

/** Encrypts small secrets for a column: base64url of iv (12 bytes), tag (16 bytes) and ciphertext. `key` has 32 bytes. */
export const createSecretBox = (key: Buffer): SecretBox => ({
  seal(plain, purpose) {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
  },
  open(sealed, purpose) {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  },
});

/** A sealed text as tables keep it: ciphertext, iv and tag in columns of their own, each base64url. */
export interface SealedParts {
  encrypted: string;
  iv: string;
  tag: string;
}

/** Takes a sealed text apart for its three columns. */
export const toSealedParts = (sealed: string): SealedParts => {
  const bytes = Buffer.from(sealed, 'base64url');
  return {
    iv: bytes.subarray(0, IV_BYTES).toString('base64url'),
    tag: bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES).toString('base64url'),
    encrypted: bytes.subarray(IV_BYTES + TAG_BYTES).toString('base64url'),
  };
};

/** Puts the three columns together again, for `SecretBox.open`. */
export const fromSealedParts = ({ encrypted, iv, tag }: SealedParts): string =>
  Buffer.concat([iv, tag, encrypted].map((part) => Buffer.from(part, 'base64url'))).toString('base64url');

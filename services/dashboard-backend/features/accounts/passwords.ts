import { randomBytes, randomInt } from 'node:crypto';
import bcrypt from 'bcrypt';
import { PASSWORD_MAX_BYTES } from '#contracts';

/** 2^11 rounds: about 130 ms a try on one x64 core, twice that on a small ARM core. */
export const BCRYPT_COST = 11;

// bcrypt runs on libuv's four threads, which files and DNS need too: a storm of sign-ins may take two of them.
const CONCURRENT_HASHES = 2;

const createGate = (width: number) => {
  let free = width;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
};

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Whether `password` is the one hashed. Takes as long for `hash` null (an unknown user) as for a wrong password. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

export const createPasswords = ({ cost = BCRYPT_COST }: { cost?: number } = {}): Passwords => {
  const gate = createGate(CONCURRENT_HASHES);
  const nobodys = bcrypt.hash(randomBytes(24).toString('base64'), cost);
  return {
    hash: (password) => gate(() => bcrypt.hash(password, cost)),
    async matches(password, hash) {
      const against = hash ?? (await nobodys);
      const same = await gate(() => bcrypt.compare(password, against));
      // bcrypt reads 72 bytes: a longer text with the right beginning is not the password.
      return same && hash !== null && Buffer.byteLength(password) <= PASSWORD_MAX_BYTES;
    },
  };
};

// Without the letters and digits that are read wrongly from paper.
const READABLE = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A one-time password that can be read out: four groups of five, 98 bits. */
export const newOneTimePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => READABLE[randomInt(READABLE.length)]).join('')).join('-');

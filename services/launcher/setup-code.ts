import { randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';

// Without 0, O, 1, I: read from a screen, typed on a phone. 32 letters, 8 places: 40 bits, and the dashboard limits the tries.
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Makes the one-time code for the owner's account, `XXXX-XXXX`, and leaves it in `file` for the dashboard to compare with. */
export const writeSetupCode = (file: string): string => {
  const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  const code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
  rmSync(file, { force: true });
  writeFileSync(file, code, { mode: 0o600, flag: 'wx' });
  return code;
};

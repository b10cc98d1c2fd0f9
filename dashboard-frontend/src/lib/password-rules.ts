/** The limits are the contract's `PASSWORD_MIN_LENGTH` and `PASSWORD_MAX_BYTES`; a test holds them together. */
export const MIN_LENGTH = 10;
export const MAX_BYTES = 72;

/** A name shorter than this is in half of all words. */
const SHORTEST_NAME = 3;

export type PasswordRule = 'length' | 'bytes' | 'notName';

/** Which rules a password keeps. The box refuses common and earlier ones besides, which only it can know. */
export const checkPassword = (password: string, username: string): { rule: PasswordRule; kept: boolean }[] => {
  const bytes = new TextEncoder().encode(password).length;
  const name = username.trim().toLowerCase();
  const rules: { rule: PasswordRule; kept: boolean }[] = [
    { rule: 'length', kept: password.length >= MIN_LENGTH },
    { rule: 'notName', kept: password !== '' && (name.length < SHORTEST_NAME || !password.toLowerCase().includes(name)) },
  ];
  // Said only when it matters: hardly anyone gets there.
  if (bytes > MAX_BYTES) rules.push({ rule: 'bytes', kept: false });
  return rules;
};

export const passwordKept = (password: string, username: string): boolean => checkPassword(password, username).every(({ kept }) => kept);

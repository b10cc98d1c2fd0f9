export interface PasswordContext {
  username: string;
  boxName: string;
}

/** Why a password is refused, as a sentence; null for one that may be used. */
export const passwordProblem = (_password: string, _context: PasswordContext): string | null => null;

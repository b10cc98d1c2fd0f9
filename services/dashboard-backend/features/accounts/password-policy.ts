import { commonWords } from './common-words.ts';

export interface PasswordContext {
  username: string;
  boxName: string;
}

/** Characters of a password that nothing below explains; fewer, and it is guessed within the first million tries. */
const OWN_CHARS = 4;
const DISTINCT_CHARS = 5;
const SHORTEST_NAME = 3;

const SEQUENCES = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiopü',
  'azertyuiop',
  'asdfghjklöä',
  'zxcvbnm',
  'yxcvbnm',
  'wxcvbn',
  '1q2w3e4r5t6z7u8i9o0p',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
];
const WALKS = SEQUENCES.flatMap((sequence) => [sequence, [...sequence].reverse().join('')]);
const SHORTEST_WALK = 3;

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '€': 'e',
};

const lettersOf = (text: string): string => text.replaceAll(/[^\p{L}]/gu, '');
const withoutEnds = (text: string): string => text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
const unmasked = (text: string): string => [...text].map((letter) => LOOKALIKES[letter] ?? letter).join('');

/** `passwordpassword` as `password`. */
const unrepeated = (text: string): string => /^(.+?)\1+$/u.exec(text)?.[1] ?? text;

/** The word that a password is made around, in the ways in which people and guessing programs dress one up. */
const cores = (password: string): string[] => {
  const lower = password.toLowerCase();
  return [lower, withoutEnds(lower), lettersOf(lower), unmasked(withoutEnds(lower)), lettersOf(unmasked(lower)), unmasked(lower)].flatMap((core) => [
    core,
    unrepeated(core),
  ]);
};

/** How many characters are left when walks along the alphabet, the digits or the keyboard are taken away. */
const ownChars = (password: string): number => {
  const text = password.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  let own = 0;
  for (let at = 0; at < text.length;) {
    let length = 0;
    while (at + length < text.length && WALKS.some((walk) => walk.includes(text.slice(at, at + length + 1)))) length += 1;
    if (length < SHORTEST_WALK) {
      own += 1;
      at += 1;
    } else at += length;
  }
  return own;
};

const contains = (password: string, name: string): boolean => name.length >= SHORTEST_NAME && password.toLowerCase().includes(name.toLowerCase());

/**
 * Why a password is refused, as a sentence; null for one that may be used. Length is the contract's matter.
 * Follows NIST SP 800-63B, 5.1.1.2: no demands on kinds of characters, but nothing common, repeated, sequential or taken from the context.
 */
export const passwordProblem = (password: string, { username, boxName }: PasswordContext): string | null => {
  if (contains(password, username)) return 'The password contains the user name. Choose one that does not.';
  if (contains(password, boxName) || contains(password, 'arasul')) return 'The password contains the name of this box. Choose one that does not.';
  if (/^[\d\s.,:+/-]+$/.test(password)) return 'The password is a number. Add words.';
  if (/^(.{1,4}?)\1{2,}.{0,3}$/u.test(password)) return 'The password repeats one short piece. Choose one that does not.';
  if (new Set(password.toLowerCase()).size < DISTINCT_CHARS) return 'The password repeats very few characters. Choose one with more variety.';
  if (ownChars(password) < OWN_CHARS) return 'The password follows the keyboard, the alphabet or the digits. Choose one that does not.';
  if (cores(password).some((core) => commonWords.has(core)))
    return 'The password is one of the commonest, or such a one with digits or signs added. Choose several words that do not belong together.';
  return null;
};

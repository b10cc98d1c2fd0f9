import { expect, test } from 'vitest';
import { readCommand } from './arguments.ts';

test.each([
  [[], { name: 'help' }],
  [['--help'], { name: 'help' }],
  [['users'], { name: 'users' }],
  [['reset-password', 'mara'], { name: 'reset-password', username: 'mara', withoutTotp: false }],
  [['reset-password', '--without-totp', 'mara'], { name: 'reset-password', username: 'mara', withoutTotp: true }],
  [['verify-receipt', 'r.json'], { name: 'verify-receipt', file: 'r.json', originals: [], key: undefined }],
  [['verify-receipt', 'r.json', 'a.pdf', '--key=ab-cd'], { name: 'verify-receipt', file: 'r.json', originals: ['a.pdf'], key: 'ab-cd' }],
])('%j', (words, command) => {
  expect(readCommand(words)).toEqual(command);
});

test.each([
  [['user'], 'Did you mean “users”?'],
  [['reset-password'], 'Name the one account'],
  [['reset-password', 'a', 'b'], 'Name the one account'],
  [['reset-password', 'a', '--now'], '“--now” is not known'],
  [['verify-receipt'], 'Name the file'],
  [['verify-receipt', 'r.json', '--key='], '“--key=” is not known'],
  [['status', '--without-totp'], '“--without-totp” is not known'],
  [['users', 'mara'], '“mara” is too much'],
])('%j is refused', (words, message) => {
  expect(() => readCommand(words)).toThrow(message);
});

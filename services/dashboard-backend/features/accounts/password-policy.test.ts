import { describe, expect, test } from 'vitest';
import { passwordProblem } from './password-policy.ts';

const context = { username: 'mara', boxName: 'Kellerbox' };

describe('passwords that anybody would try are refused', () => {
  test.each([
    ['Password123!', 'commonest'],
    ['P@ssw0rd2026', 'commonest'],
    ['passwordpassword', 'commonest'],
    ['!!Iloveyou!!', 'commonest'],
    ['Sommer2026!', 'commonest'],
    ['s-u-p-e-r-m-a-n', 'commonest'],
    ['ichliebedich1', 'commonest'],
    ['qwertzuiop', 'keyboard'],
    ['1q2w3e4r5t6y', 'keyboard'],
    ['abcdefghijkl1', 'keyboard'],
    ['zyxwvutsrqp', 'keyboard'],
    ['0176 1234567', 'number'],
    ['20111985060', 'number'],
    ['aaaaaaaaaaaa', 'short piece'],
    ['abbabaabbaab', 'few characters'],
    ['hat5hat5hat5', 'short piece'],
    ['maras-lange-geheimnisse', 'user name'],
    ['im-kellerbox-brennt-licht', 'name of this box'],
    ['arasul-und-so-weiter', 'name of this box'],
  ])('%s', (password, why) => {
    expect(passwordProblem(password, context)).toContain(why);
  });
});

describe('passwords that people can live with are taken', () => {
  test.each([
    'Tr0ub4dour-and-3-horses',
    'correct horse battery staple',
    'drei grüne Stühle am See',
    'kX9#vLq2!mZt',
    'password of my neighbour',
    'blaue-tasse-47-fenster',
    '東京の夏は暑いですねえ',
  ])('%s', (password) => {
    expect(passwordProblem(password, context)).toBeNull();
  });

  test('a user name of two letters does not forbid them', () => {
    expect(passwordProblem('drei grüne Stühle am See', { ...context, username: 'am' })).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { standaloneQuery, type Turn } from './standalone.ts';

const asked = (...questions: string[]): Turn[] =>
  questions.flatMap((content): Turn[] => [
    { role: 'user', content },
    { role: 'assistant', content: 'Some answer about Lisbon.' },
  ]);

describe('a question made to stand alone', () => {
  test.each([
    [
      'it stands alone already',
      'What is the notice period in the lease of the Lisbon office?',
      ['How much did Adobe earn in 2022?'],
      'What is the notice period in the lease of the Lisbon office?',
    ],
    ['nothing came before', 'And in 2021?', [], 'And in 2021?'],
    ['another year', 'And in 2021?', ['What was the total revenue of Adobe in 2022?'], 'And in 2021? total revenue Adobe'],
    [
      'a pronoun',
      'What were its main products during that period of the year?',
      ['How much did Adobe earn in 2022?'],
      'What were its main products during that period of the year? Adobe 2022',
    ],
    ['a follow-up of a follow-up', 'And costs?', ['What was the revenue of Adobe in 2022?', 'And in 2021?'], 'And costs? 2021 revenue Adobe'],
    ['German', 'Und im Jahr 2021?', ['Wie hoch war der Umsatz von Siemens 2022?'], 'Und im Jahr 2021? hoch Umsatz Siemens'],
    ['only what the person said is carried', 'Why?', ['Did the margin of Nike fall?'], 'Why? margin Nike fall'],
  ])('%s', (_, question, before, expected) => expect(standaloneQuery(question, asked(...before))).toBe(expected));
});

import { expect, test } from 'vitest';
import { questionLanguage } from './standalone.ts';

test.each([
  ['What was the total revenue, and was it more than in the year before?', 'en'],
  ['Who was it?', 'en'],
  ['Adobe revenue 2022', 'en'],
  ['Wie hoch war der Umsatz?', 'de'],
  ['Was steht in dem Vertrag über die Kündigung?', 'de'],
])('%s', (question, language) => {
  expect(questionLanguage(question)).toBe(language);
});

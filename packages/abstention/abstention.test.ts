import { describe, expect, test } from 'vitest';
import { fitThreshold } from './fit-threshold.ts';
import { questionFrom } from './make-questions.ts';

/** Park and Miller's generator. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};

describe('M14 the threshold of refusing', () => {
  test('where the two kinds are apart, it lies in the middle between them', () => {
    const fit = fitThreshold([0.8, 0.9, 0.95], [0.1, 0.2, 0.3]);
    expect(fit).toMatchObject({ falseAnswers: 0, falseRefusals: 0 });
    expect(fit.threshold).toBeCloseTo(0.55, 2);
  });

  test('at most four of a hundred answerable questions are given up for the others', () => {
    const answerable = Array.from({ length: 100 }, (_, at) => at / 100);
    const fit = fitThreshold(answerable, [0.02, 0.5, 0.9]);
    expect(fit.falseRefusals).toBeLessThanOrEqual(4);
    expect(fit.falseAnswers).toBe(2);
  });

  test('nothing to fit to refuses nobody', () => {
    expect(fitThreshold([], [])).toMatchObject({ falseAnswers: 0, falseRefusals: 0 });
  });
});

describe('M14 questions made of passages', () => {
  const passage = {
    text: 'The lighthouse of Sandvik was built in 1887 by the engineer Ingrid Solberg for the harbour authority. It shines.',
    language: 'en',
    label: 'Harbour report',
  };

  test('use the words of a sentence without its numbers', () => {
    const random = randomFrom(3);
    const made = Array.from({ length: 60 }, () => questionFrom(passage, random)).filter((one) => one !== null);
    expect(made.length).toBeGreaterThan(10);
    for (const { question } of made) {
      expect(question).toMatch(/^(?:What|Which|How)\b.*\?$/u);
      expect(question).not.toMatch(/\d/u);
    }
    expect(made.some(({ question }) => question.includes('Solberg'))).toBe(true);
    expect(made.some(({ question }) => question.includes('of Harbour report'))).toBe(true);
  });

  test('the same about a stranger names nobody of the passage', () => {
    const random = randomFrom(5);
    const strangers = Array.from({ length: 60 }, () => questionFrom(passage, random)?.ofStranger).filter((one) => typeof one === 'string');
    expect(strangers.length).toBeGreaterThan(5);
    for (const question of strangers) expect(question).not.toMatch(/Solberg|Sandvik|Ingrid/u);
  });

  test('German passages ask in German; a table asks nothing', () => {
    const german = {
      text: 'Der Leuchtturm von Sandvik wurde von der Ingenieurin Solberg für die Hafenbehörde gebaut und gestrichen.',
      language: 'de',
      label: '',
    };
    const random = randomFrom(9);
    const question = Array.from({ length: 20 }, () => questionFrom(german, random)).find((one) => one !== null)!.question;
    expect(question).toMatch(/^(?:Was|Welche|Wie)\b/u);
    expect(questionFrom({ text: 'Revenue 17,606 15,785', language: 'en', label: '' }, random)).toBeNull();
  });
});

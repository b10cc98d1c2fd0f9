import { describe, expect, test } from 'vitest';
import { createGrounder } from './grounder.ts';
import type { GroundingPassage } from './types.ts';

const lineBoxes = (text: string, page: number): GroundingPassage['boxes'] => {
  let start = 0;
  return text.split('\n').map((line, at) => {
    const box = { page, x: 0.1, y: 0.1 + at * 0.02, w: 0.8, h: 0.015, start, end: start + line.length };
    start += line.length + 1;
    return box;
  });
};

const INCOME = `CONSOLIDATED STATEMENTS OF INCOME
(In millions, except per share data)
December 2, December 3, November 27,
2022 2021 2020
Subscription $16,388 $14,573 $11,626
Total revenue 17,606 15,785 12,868
Total cost of revenue 2,165 1,865 1,722
Net income $4,756 $4,822 $5,260`;
const STORES =
  'At the end of the fourth quarter, the Company operated 1,355 stores. Merchandise inventories increased to $1.6 billion, primarily due to the opening of 47 new stores. The effective tax rate was 24.6%.';
const LEASE = 'Die Kündigungsfrist beträgt drei Monate zum Quartalsende. Die Miete beträgt 1.250 Euro im Monat. Haustiere sind nicht erlaubt.';

const passages: GroundingPassage[] = [
  {
    passageId: 'income',
    page: 54,
    text: INCOME,
    boxes: lineBoxes(INCOME, 54),
    filename: 'ADOBE_2022_10K.pdf',
    heading: 'Item 8. Financial Statements',
    language: 'en',
  },
  { passageId: 'stores', page: 3, text: STORES, boxes: lineBoxes(STORES, 3), filename: 'ULTABEAUTY_2023Q4_EARNINGS.pdf', language: 'en' },
  { passageId: 'lease', page: 2, text: LEASE, boxes: lineBoxes(LEASE, 2), filename: 'mietvertrag.pdf', language: 'de' },
];
const check = (sentence: string, question?: string) => createGrounder({ passages, question }).check(sentence);

describe('what bears a sentence', () => {
  test.each([
    ['a table row', 'Adobe’s total revenue was $17,606 million in 2022.', 'income', 'Total revenue 17,606'],
    ['rounded and rescaled', 'Total revenue in fiscal 2022 came to about $17.6 billion.', 'income', 'Total revenue 17,606'],
    ['prose in other words', 'The company had 1,355 stores at the end of the quarter.', 'stores', 'operated 1,355 stores'],
    ['a reason', 'Inventories increased to $1.6 billion because of the opening of 47 new stores.', 'stores', '47 new stores'],
    ['a percentage', 'Its effective tax rate was 24.6 percent.', 'stores', '24.6%'],
    ['German', 'Die Kündigungsfrist beträgt 3 Monate zum Quartalsende.', 'lease', 'drei Monate'],
    ['German thousands', 'Die Miete beträgt 1250 Euro im Monat.', 'lease', '1.250 Euro'],
  ])('%s', async (_, sentence, passageId, quoted) => {
    const result = await check(sentence);
    expect(result).toMatchObject({ passageId, claims: true, unsupportedNumbers: [] });
    expect(result.quote).toContain(quoted);
    expect(result.boxes.length).toBeGreaterThan(0);
  });

  test('the boxes are those of the quoted lines alone', async () => {
    const { boxes, quote } = await check('Total revenue was 17,606 million in 2022.');
    expect(quote.split('\n').length).toBeLessThanOrEqual(2);
    expect(boxes.map(({ start, end }) => INCOME.slice(start, end)).join('\n')).toBe(quote);
  });
});

describe('what bears nothing', () => {
  test.each([
    ['another number', 'Total revenue was $19,409 million in 2022.', ['$19,409 million']],
    ['a number that is nearly right', 'The company operated 1,365 stores.', ['1,365']],
    ['another subject', 'The company plans to buy a bakery in Lisbon next summer.', []],
  ])('%s', async (_, sentence, unsupportedNumbers) => {
    expect(await check(sentence)).toMatchObject({ passageId: null, quote: '', boxes: [], claims: true, unsupportedNumbers });
  });

  test('the opposite weighs less than the statement', async () => {
    const said = await check('Merchandise inventories increased to $1.6 billion.');
    const opposite = await check('Merchandise inventories decreased to $1.6 billion.');
    const denied = await check('Haustiere sind erlaubt.');
    expect(said.passageId).toBe('stores');
    expect(opposite.passageId).toBeNull();
    expect(denied.passageId).toBeNull();
  });

  test('the right words and figure, said of another time or only foreseen, do not bear it', async () => {
    const question = 'What were Pfizer revenues in the second quarter of 2023?';
    const outlook = 'As of August 1, 2023, we forecasted Comirnaty revenues of approximately $13.5 billion in 2023.';
    const found = [{ passageId: 'outlook', page: 44, text: outlook, boxes: [], filename: 'report.pdf', language: 'en' }];
    const grounder = createGrounder({ passages: found, question });
    expect(await grounder.check('Pfizer revenues in the second quarter of 2023 were approximately $13.5 billion.')).toMatchObject({ passageId: null });
    expect(await grounder.check('Comirnaty revenues were approximately $13.5 billion in 2023.')).toMatchObject({ passageId: null });
    expect(await grounder.check('Comirnaty revenues are expected to be approximately $13.5 billion in 2023.')).toMatchObject({ passageId: 'outlook' });
  });

  test('numbers of the question may be repeated', async () => {
    expect((await check('In 1999 the company operated 1,355 stores.')).unsupportedNumbers).toEqual(['1999']);
    expect((await check('In 1999 the company operated 1,355 stores.', 'How many stores in 1999?')).unsupportedNumbers).toEqual([]);
  });

  test('no passages', async () => {
    expect(await createGrounder({ passages: [] }).check('Revenue was 5 million dollars.')).toMatchObject({
      passageId: null,
      support: 0,
      unsupportedNumbers: ['5 million'],
    });
  });
});

describe('what needs no source', () => {
  test.each([
    'What would you like to know?',
    'Sure, here is the answer:',
    'This is not stated in the documents.',
    'Das wird in den Unterlagen nicht erwähnt.',
    '---',
    'I don’t know.'.replace('’', "'"),
  ])('%s', async (sentence) => {
    expect(await check(sentence)).toMatchObject({ claims: false, passageId: null });
  });
});

describe('markers that the model wrote', () => {
  test.each([
    ['The company operated 1,355 stores [1].', 'The company operated 1,355 stores.'],
    ['The company operated 1,355 stores.[2, 3]', 'The company operated 1,355 stores.'],
    ['Inventories rose [Source 1] to $1.6 billion (see passage 2).', 'Inventories rose to $1.6 billion.'],
    ['The rate was 24.6%【4†report】.', 'The rate was 24.6%.'],
    ['An array[10] of [optional] values', 'An array of [optional] values'],
  ])('%s', async (sentence, text) => expect((await check(sentence)).text).toBe(text));
});

test('meaning lifts a statement in other words, and its failure changes nothing', async () => {
  const sentence = 'At quarter end the firm ran 1,355 stores.';
  const plain = await createGrounder({ passages }).check(sentence);
  const lifted = await createGrounder({ passages, embed: async (texts) => texts.map(() => Float32Array.of(1)) }).check(sentence);
  const failed = await createGrounder({ passages, embed: async () => Promise.reject(new Error('away')) }).check(sentence);
  expect(lifted.support).toBeGreaterThan(plain.support);
  expect(failed).toEqual(plain);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AbstentionFit, MessageView } from '#contracts';
import { startAskingBox } from '../support/asking.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const HARBOURS = ['Sandvik', 'Brekkestad', 'Orlanda', 'Fjellhavn', 'Nordmark', 'Tindvik', 'Kvalsund', 'Solbergshavn'] as const;

/** A report of one harbour: facts that differ in their numbers and in what they are about. */
const report = (harbour: string, at: number): string => `# Annual report of ${harbour} harbour

## Lighthouse

The lighthouse of ${harbour} was painted by a crew of ${at + 4} sailors during the spring. Its lamp is inspected every ${at + 7} weeks by the harbour engineer.

## Moorings

Fishing boats pay a mooring fee of ${at * 3 + 11} crowns each night in ${harbour}. Visiting yachts must announce their arrival at the harbour office by radio.

## Dredging

The dredging of the northern channel in ${harbour} removed ${at + 2} thousand tonnes of gravel. A second dredging campaign is planned once the permit of the coastal authority arrives.

## Staff

The harbour master of ${harbour} employs ${at + 21} people including divers and crane drivers. Every diver repeats the safety examination before the winter season begins.
`;

describe('M14 what the documents do not answer is refused, by a threshold fitted to them', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;

  beforeAll(async () => {
    asking = await startAskingBox({ env: { ARASUL_GOLDEN_QUIET_MS: '600000' } });
    indexing = await startIndexing(asking.box);
    const ids = await Promise.all(HARBOURS.map((name, at) => uploaded(asking.box, asking.owner, `${name}.md`, report(name, at))));
    await Promise.all(ids.map((id) => whenDocument(asking.box, asking.owner, id)));
  });
  afterAll(async () => {
    await indexing.stop();
    await asking.stop();
  });

  const fits = async (): Promise<AbstentionFit[]> => (await asking.box.request('GET', '/api/v1/abstention/fits', { as: asking.owner })).body.items;
  const answerTo = async (question: string): Promise<MessageView> => {
    const { jobId, conversationId } = await asking.ask(question);
    await asking.follow(jobId);
    return (await asking.messages(conversationId)).at(-1)!;
  };

  test('an admin sees how often it is wrong, and can have it measured', async () => {
    expect(await fits()).toEqual([]);
    expect((await asking.box.request('POST', '/api/v1/abstention/fits', { as: asking.owner })).status).toBe(202);
    const fit = await waitFor(async () => (await fits())[0], { what: 'a fit', timeoutMs: 60_000, everyMs: 100 });
    expect(fit).toMatchObject({ trigger: 'manual', embedModel: null, isFitted: true });
    expect(fit.answerable).toBeGreaterThanOrEqual(30);
    expect(fit.unanswerable).toBeGreaterThanOrEqual(90);
    expect(fit.falseRefusals / fit.answerable).toBeLessThanOrEqual(0.05);
    expect(fit.falseAnswers / fit.unanswerable).toBeLessThanOrEqual(0.1);
    expect(fit.curve.at(0)).toMatchObject({ falseAnswers: 1, falseRefusals: 0 });
    expect((await asking.box.request('GET', '/api/v1/abstention/fits', { as: await asking.box.user('user') })).status).toBe(403);
  });

  test.each([
    'What is the capital of Mongolia?',
    'How is sourdough fed with rye flour?',
    'Wie hoch ist die Zugspitze?',
    'Who employs the divers of Quistrand castle?',
  ])('refused with what comes closest, and no model is asked: %s', async (question) => {
    const calls = asking.runtime.calls.length;
    const message = await answerTo(question);
    expect(message).toMatchObject({ status: 'complete', refused: true, grounded: false, citations: [], answeredBy: null });
    expect(message.content).toMatch(/not in your documents|nicht in Ihren Dokumenten/u);
    for (const { filename, quote } of message.nearest) expect([HARBOURS.some((name) => filename === `${name}.md`), quote.length > 0]).toEqual([true, true]);
    expect(asking.runtime.calls).toHaveLength(calls);
  });

  test.each([
    ['How many people does the harbour master of Tindvik employ?', 'The harbour master of Tindvik employs 26 people including divers and crane drivers.'],
    ['What do fishing boats pay for a mooring in Orlanda?', 'Fishing boats pay a mooring fee of 17 crowns each night in Orlanda.'],
  ])('answered: %s', async (question, answer) => {
    asking.runtime.script = say(answer);
    expect(await answerTo(question)).toMatchObject({ status: 'complete', refused: false, answeredBy: 'model' });
  });

  test('an admin can let the model answer everything', async () => {
    await asking.box.request('PATCH', '/api/v1/settings', { as: asking.owner, body: { chat: { abstention: 'off' } } });
    asking.runtime.script = say('Nobody knows.');
    const message = await answerTo('Who employs the divers of Quistrand castle?');
    expect(message).toMatchObject({ refused: false, answeredBy: 'model' });
  });
});

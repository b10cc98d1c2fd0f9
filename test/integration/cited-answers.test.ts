import { sql } from 'kysely';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Citation, JobEventData, MessageView } from '#contracts';
import { startAskingBox, startLlmQueue, textOf, type ReadEvent } from '../support/asking.ts';
import { startBox } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { lines, makePdf, prosePage } from '../support/pdf.ts';
import { startTestRuntime } from '../support/runtime.ts';
import { say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const PUMPS = `# Pump handbook

## Maintenance

The filter of the Halden pump is replaced every 14 months. Before the filter is opened, the pump must rest for 25 minutes.

## Warranty

The warranty of the Halden pump ends after 60 months. It covers the motor and the housing, not the filter.
`;

const citationsIn = (events: ReadEvent[]) => events.filter(({ event }) => event === 'citation').map(({ data }) => data as JobEventData<'citation'>);

describe('an answer over documents, with a scripted model', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let documentId: string;

  beforeAll(async () => {
    asking = await startAskingBox();
    indexing = await startIndexing(asking.box);
    documentId = await uploaded(asking.box, asking.owner, 'pumps.md', PUMPS);
    await whenDocument(asking.box, asking.owner, documentId);
  });
  afterAll(async () => {
    await indexing.stop();
    await asking.stop();
  });

  const answerTo = async (question: string, body: object = {}): Promise<{ message: MessageView; events: ReadEvent[] }> => {
    const conversationId = await asking.converse();
    const { body: sent } = await asking.box.request('POST', `/api/v1/conversations/${conversationId}/messages`, {
      as: asking.owner,
      body: { content: question, ...body },
    });
    const events = await asking.follow(sent.jobId);
    const message = (await asking.messages(conversationId)).at(-1)!;
    expect(textOf(events), 'what is streamed is what is stored').toBe(message.content);
    return { message, events };
  };
  const expectLiteral = ({ quote, support }: Citation) => {
    expect(PUMPS.replace(/[\s#]+/g, ' ')).toContain(quote.replace(/\s+/g, ' '));
    expect(support).toBeGreaterThan(0);
    expect(support).toBeLessThanOrEqual(1);
  };

  test('each sentence is bound to the passage that bears it, and the model’s own numbers go', async () => {
    asking.runtime.script = say('The filter', ' is replaced every 14', ' months [3', '].', ' The warranty ends after 60 months (Source 1). ', 'Anything else?');
    const { message, events } = await answerTo('How often is the filter of the Halden pump replaced, and when does the warranty end?');
    expect(message.content).toBe('The filter is replaced every 14 months. [1] The warranty ends after 60 months. [2] Anything else?');
    expect(message).toMatchObject({ status: 'complete', grounded: true, answeredBy: 'model', unsupported: [] });
    expect(message.citations.map(({ marker, filename, page, documentId: id }) => ({ marker, filename, page, id }))).toEqual(
      [1, 2].map((marker) => ({ marker, filename: 'pumps.md', page: 1, id: documentId })),
    );
    message.citations.forEach(expectLiteral);
    expect(message.citations[0]!.quote).toContain('14 months');
    expect(message.citations[1]!.quote).toContain('60 months');
    const bound = citationsIn(events);
    expect(bound.map(({ start, end }) => message.content.slice(start, end))).toEqual([
      'The filter is replaced every 14 months.',
      'The warranty ends after 60 months.',
    ]);
    const retrieved = events.find(({ event }) => event === 'retrieved')!.data as JobEventData<'retrieved'>;
    for (const { passageId } of message.citations) expect(retrieved.passages.map((passage) => passage.passageId)).toContain(passageId);
    expect(asking.runtime.calls.at(-1)!.messages.at(-1)!.content).toMatch(/^\[1\] pumps\.md, page 1\n[^]+\n\nQuestion: How often/);
  });

  test('the same evidence keeps its number, and what nothing bears is marked', async () => {
    asking.runtime.script = say(
      'The filter of the Halden pump is replaced every 14 months. It is made of Norwegian titanium by three brothers. So every 14 months the filter is replaced.',
    );
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    expect(message.content).toMatch(
      /14 months\. \[1\] It is made of Norwegian titanium by three brothers\. So every 14 months the filter is replaced\. \[1\]$/,
    );
    expect(message.citations).toHaveLength(1);
    expect(message.grounded).toBe(false);
    expect(message.unsupported.map(([start, end]) => message.content.slice(start, end))).toEqual(['It is made of Norwegian titanium by three brothers.']);
  });

  test('a wrong number is not borne by a passage with the right one', async () => {
    asking.runtime.script = say('The filter of the Halden pump is replaced every 19 months.');
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    expect(message.unsupported[0]).toEqual([0, 'The filter of the Halden pump is replaced every 19 months.'.length]);
    expect(message.grounded).toBe(false);
  });

  test('a number that stands in no passage is told by itself, so that the reader knows what to compare', async () => {
    asking.runtime.script = say(
      'The warranty of the Halden pump ends after 60 months and covers the motor and the housing, not the filter, since 1987. The filter is replaced every 14 months.',
    );
    const { message, events } = await answerTo('What does the warranty of the Halden pump cover?');
    expect(message.doubtfulNumbers.map(([start, end]) => message.content.slice(start, end))).toEqual(['1987']);
    expect(message.citations.length).toBeGreaterThan(0);
    expect(message.grounded, 'an answer with a number from nowhere is not grounded').toBe(false);
    expect(citationsIn(events).flatMap(({ doubtfulNumbers = [] }) => doubtfulNumbers)).toEqual(message.doubtfulNumbers);
  });

  test('when no sentence can be traced, the best passages follow, quoted and labelled', async () => {
    asking.runtime.script = say('Bananas are rich in potassium and grow in bunches.');
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    expect(message.content).toMatch(
      /^Bananas [^]+\n\nNo sentence above could be traced to the documents\. [^]+\n\n> [^]*every 14 months\.[^]* \[1\]\n>\n> pumps\.md, page 1/,
    );
    expect(message.citations.length).toBeGreaterThan(0);
    message.citations.forEach(expectLiteral);
    expect(message).toMatchObject({ grounded: false, answeredBy: 'model' });
  });

  test('M14 when nothing bears on the question it says so, cites nothing, and asks no model', async () => {
    const calls = asking.runtime.calls.length;
    const { message } = await answerTo('Who won the football championship of 1998?');
    expect(message).toMatchObject({
      status: 'complete',
      content: expect.stringContaining('not in your documents'),
      refused: true,
      citations: [],
      grounded: false,
      answeredBy: null,
    });
    expect(asking.runtime.calls).toHaveLength(calls);
    expect((await answerTo('Wer hat die Meisterschaft im Jahr 1998 gewonnen und wie?')).message.content).toContain('nicht in Ihren Dokumenten');
  });

  test('a model that loops is stopped', async () => {
    asking.runtime.script = async function* ({ signal }) {
      for (let n = 0; n < 500 && !signal.aborted; n += 1) {
        yield 'The filter of the Halden pump is replaced every 14 months. ';
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    expect(message).toMatchObject({ status: 'complete', grounded: true });
    expect(message.content.match(/14 months/g)).toHaveLength(3);
    expect(asking.runtime.calls.at(-1)!.signal.aborted).toBe(true);
  });

  test('without a chat model the answer is the best passages', async () => {
    asking.runtime.hasModel = false;
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    asking.runtime.hasModel = true;
    expect(message).toMatchObject({ status: 'complete', answeredBy: 'passages', model: null });
    expect(message.content).toMatch(/^No chat model is installed[^]+> [^]*every 14 months/);
    expect(message.citations[0]).toMatchObject({ marker: 1, filename: 'pumps.md', support: 1 });
  });

  test('quotes are the best passages word for word, without a model', async () => {
    const calls = asking.runtime.calls.length;
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?', { mode: 'quotes' });
    expect(message).toMatchObject({ status: 'complete', answeredBy: 'passages', model: null, grounded: true });
    expect(message.content).toMatch(/^These passages fit the question best:\n\n> [^]*every 14 months/);
    message.citations.forEach(expectLiteral);
    expect(asking.runtime.calls).toHaveLength(calls);
  });

  test('a summary reads the document in parts, tells how far it is, and is bound like any answer', async () => {
    const sentences = Array.from({ length: 400 }, (_, at) => `The pump in hall ${at + 100} is inspected by crew ${at + 500} before the winter.`);
    const long = await uploaded(asking.box, asking.owner, 'halls.md', `# Halls\n\n${sentences.join('\n\n')}\n`);
    await whenDocument(asking.box, asking.owner, long);
    asking.runtime.script = async function* ({ messages }) {
      const hall = /hall (\d+) is inspected by crew (\d+)/u.exec(messages.at(-1)!.content)!;
      yield await Promise.resolve(`The pump in hall ${hall[1]} is inspected by crew ${hall[2]} before the winter. All halls are on the moon.`);
    };
    const { message, events } = await answerTo('Summarise it.', { mode: 'summary', documentIds: [long] });
    const progress = events.filter(({ event }) => event === 'progress').map(({ data }) => data as JobEventData<'progress'>);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress[0]).toEqual({ done: 0, all: progress.length - 1 });
    expect(progress.at(-1)!.done).toBe(progress.length - 1);
    expect(message).toMatchObject({ status: 'complete', answeredBy: 'model', grounded: false, citations: [{ filename: 'halls.md' }] });
    expect(message.unsupported.map(([start, end]) => message.content.slice(start, end))).toEqual(['All halls are on the moon.']);
    // What no part bears is not handed on to the last call.
    expect(asking.runtime.calls.at(-1)!.messages.at(-1)!.content).not.toContain('moon');

    const other = await uploaded(asking.box, asking.owner, 'other-hall.md', '# Hall\n\nThe pump in hall 900 is inspected by crew 901 before the winter.\n');
    await whenDocument(asking.box, asking.owner, other);
    expect((await answerTo('Compare them.', { mode: 'compare', documentIds: [long, other] })).message).toMatchObject({
      status: 'complete',
      answeredBy: 'model',
    });
    expect(asking.runtime.calls.at(-1)!.messages.at(-1)!.content).toMatch(/halls\.md:[^]+other-hall\.md:/u);
    const conversationId = await asking.converse();
    const refused = await asking.box.request('POST', `/api/v1/conversations/${conversationId}/messages`, {
      as: asking.owner,
      body: { content: 'Compare.', mode: 'compare', documentIds: [long] },
    });
    expect(refused).toMatchObject({ status: 422 });
    for (const id of [long, other]) await asking.box.request('DELETE', `/api/v1/documents/${id}`, { as: asking.owner });
  });

  test('M13 an answer from an earlier day is made of what was said then, whichever way it is asked, and says so', async () => {
    const name = 'tariff.md';
    const first = await uploaded(asking.box, asking.owner, name, '# Tariff\n\nThe mooring fee of the Sandvik marina is 40 Euro a night.\n');
    await whenDocument(asking.box, asking.owner, first);
    const then = new Date().toISOString();
    await uploaded(asking.box, asking.owner, name, '# Tariff\n\nThe mooring fee of the Sandvik marina is 90 Euro a night.\n');
    await waitFor(
      async () => {
        const { body } = await asking.box.request('GET', `/api/v1/documents/${first}`, { as: asking.owner });
        return body.revision === 2 && body.status === 'indexed' ? true : undefined;
      },
      { what: 'the second version', timeoutMs: 20_000 },
    );
    const question = 'What is the mooring fee of the Sandvik marina?';
    asking.runtime.script = say('The mooring fee is 40 Euro a night.');
    const { message: past } = await answerTo(question, { asOf: then });
    expect(past).toMatchObject({ asOf: then, grounded: true });
    expect(past.citations[0]!.quote).toContain('40 Euro');
    const { message: summary } = await answerTo('What does it say?', { asOf: then, mode: 'summary', documentIds: [first] });
    expect(summary.asOf).toBe(then);
    expect(asking.runtime.calls.at(-1)!.messages.at(-1)!.content).not.toContain('90 Euro');
    expect(summary.citations[0]!.quote).toContain('40 Euro');
    const { message: now } = await answerTo(question);
    expect(now).toMatchObject({ asOf: null, grounded: false });
  });

  test('an answer says when the search was not at its best', async () => {
    asking.runtime.script = say('The filter of the Halden pump is replaced every 14 months.');
    const { message } = await answerTo('How often is the filter of the Halden pump replaced?');
    // No vectors here: only words were compared.
    expect(message.weakSearch).toBe('words_only');
    const { message: refused } = await answerTo('Who won the sailing regatta of Ouagadougou?');
    expect(refused).toMatchObject({ refused: true, weakSearch: null });
    await asking.box.database.db
      .updateTable('answer_records')
      .set({ record: sql`record || '{"confidence": 0.6, "threshold": 0.5}'` })
      .where('message_id', '=', message.id)
      .execute();
    expect((await asking.messages(message.conversationId)).at(-1)!.weakSearch).toBe('unsure');
  });

  test('only the chosen folder is read', async () => {
    const { body: folders } = await asking.box.request('GET', '/api/v1/folders', { as: asking.owner });
    const parentId = folders.items.find(({ kind }: { kind: string }) => kind === 'private').id;
    const { body: folder } = await asking.box.request('POST', '/api/v1/folders', { as: asking.owner, body: { parentId, name: 'Boats' } });
    asking.runtime.script = say('The filter is replaced every 14 months.');
    const question = 'How often is the filter of the Halden pump replaced?';
    expect((await answerTo(question, { folderIds: [folder.id] })).message).toMatchObject({ refused: true, citations: [] });
    expect((await answerTo(question, { folderIds: folders.items.map(({ id }: { id: string }) => id) })).message).toMatchObject({
      refused: false,
      grounded: true,
    });
  });

  test('only the chosen documents are read', async () => {
    const other = await uploaded(asking.box, asking.owner, 'other.md', '# Boats\n\nThe Halden pump is not used on boats. Its filter would rust.\n');
    await whenDocument(asking.box, asking.owner, other);
    asking.runtime.script = say('Its filter would rust.');
    const { message } = await answerTo('What about the filter of the Halden pump?', { documentIds: [other] });
    expect(new Set(message.citations.map(({ filename }) => filename))).toEqual(new Set(['other.md']));
    await asking.box.request('DELETE', `/api/v1/documents/${other}`, { as: asking.owner });
  });

  test('a follow-up is searched with what it leans on', async () => {
    asking.runtime.script = say('The warranty of the Halden pump ends after 60 months.');
    const conversationId = await asking.converse();
    await asking.follow((await asking.ask('When does the warranty of the Halden pump end?', { conversationId })).jobId);
    asking.runtime.script = say('It covers the motor and the housing, not the filter.');
    await asking.follow((await asking.ask('And what does it cover?', { conversationId })).jobId);
    const message = (await asking.messages(conversationId)).at(-1)!;
    expect(message).toMatchObject({ grounded: true, citations: [{ filename: 'pumps.md' }] });
    // Source numbers of earlier answers would be copied.
    expect(
      asking.runtime.calls
        .at(-1)!
        .messages.slice(1, 3)
        .map(({ content }) => content),
    ).toEqual(['When does the warranty of the Halden pump end?', 'The warranty of the Halden pump ends after 60 months.']);
  });

  test('OpenAI’s client gets the citations as annotations, streamed or whole', async () => {
    const openai = new OpenAI({ baseURL: `${asking.box.url}/v1`, apiKey: asking.owner.token, maxRetries: 0 });
    asking.runtime.script = say('The filter is replaced every 14 months.');
    const request = { model: 'arasul', messages: [{ role: 'user' as const, content: 'How often is the filter of the Halden pump replaced?' }] };
    const { message } = (await openai.chat.completions.create(request)).choices[0]!;
    expect(message.content).toBe('The filter is replaced every 14 months. [1]');
    const { url_citation: cited } = message.annotations![0]!;
    expect(message.content!.slice(cited.start_index, cited.end_index)).toBe('The filter is replaced every 14 months.');
    expect(cited).toMatchObject({ title: 'pumps.md, page 1', url: expect.stringContaining(`/documents/${documentId}?page=1&passage=`) });
    const annotations = [];
    for await (const chunk of await openai.chat.completions.create({ ...request, stream: true }))
      annotations.push(...((chunk.choices[0]?.delta as { annotations?: unknown[] }).annotations ?? []));
    expect(annotations).toEqual(message.annotations);
  });
});

describe('an answer while the model runtime is away', () => {
  test('is made of the best passages, after a second try, and says why', async () => {
    const asking = await startAskingBox({ env: { ARASUL_RUNTIME_RETURN_MS: '300' } });
    const indexing = await startIndexing(asking.box);
    try {
      await whenDocument(asking.box, asking.owner, await uploaded(asking.box, asking.owner, 'pumps.md', PUMPS));
      asking.runtime.isAway = true;
      const { jobId, conversationId } = await asking.ask('How often is the filter of the Halden pump replaced?');
      await asking.follow(jobId);
      const message = (await asking.messages(conversationId)).at(-1)!;
      expect(message).toMatchObject({
        status: 'complete',
        answeredBy: 'passages',
        content: expect.stringMatching(/^The chat model does not answer just now[^]+14 months/),
      });
      expect(message.citations[0]).toMatchObject({ filename: 'pumps.md' });
    } finally {
      await indexing.stop();
      await asking.stop();
    }
  });
});

describe('an answer over a PDF, with the real models', () => {
  test('cites the page that it stands on, and its figures add up', async () => {
    const runtime = await startTestRuntime();
    const box = await startBox({ runtime });
    const queue = await startLlmQueue(box, runtime.url, { env: { ARASUL_RUNTIME_TOKEN: runtime.token } });
    const indexing = await startIndexing(box, { embed: (texts, { signal }) => runtime.client.embed(texts, { kind: 'passage', class: 'background', signal }) });
    try {
      const owner = await box.owner();
      const fact = {
        texts: [
          ...prosePage(5, 12).texts!,
          ...lines(
            ['The lighthouse of Sandvik was built in 1887 by the engineer Ingrid Solberg.', 'It is 43 metres high and its light is seen for 31 kilometres.'],
            { top: 380 },
          ),
        ],
      };
      const pdf = makePdf(
        [1, 2, 3, 4]
          .map((n) => prosePage(n, 12))
          .concat(
            fact,
            [6, 7, 8].map((n) => prosePage(n, 12)),
          ),
      );
      await whenDocument(box, owner, await uploaded(box, owner, 'report.pdf', pdf));
      const { body: conversation } = await box.request('POST', '/api/v1/conversations', { as: owner, body: {} });
      const { body: sent } = await box.request('POST', `/api/v1/conversations/${conversation.id}/messages`, {
        as: owner,
        body: { content: 'Who built the lighthouse of Sandvik?' },
      });
      const stream = await fetch(`${box.url}/api/v1/jobs/${sent.jobId}/events`, { headers: { Authorization: `Bearer ${owner.token}` } });
      expect(await stream.text()).toContain('event: done');
      const { body } = await box.request('GET', `/api/v1/conversations/${conversation.id}/messages`, { as: owner });
      const message = body.items.at(-1) as MessageView;
      expect(message).toMatchObject({ status: 'complete', answeredBy: 'model', model: 'smollm2-135m-instruct' });
      expect(message.citations.map(({ filename, page }) => `${filename} ${page}`)).toContain('report.pdf 5');
      const cited = message.citations.find(({ page }) => page === 5)!;
      expect(cited.quote).toContain('Sandvik');
      expect(cited.boxes.length).toBeGreaterThan(0);
      expect(cited.boxes.every(({ page, x, y, w, h }) => page === 5 && x >= 0 && y >= 0 && x + w <= 1 && y + h <= 1)).toBe(true);
      const { queuedMs, retrievalMs, prefillMs, decodeMs, firstTokenMs, totalMs, promptTokens, completionTokens } = message.timings!;
      expect(promptTokens).toBeGreaterThan(100);
      expect(completionTokens).toBeGreaterThan(0);
      expect(firstTokenMs!).toBeGreaterThanOrEqual(prefillMs!);
      expect(queuedMs + retrievalMs + prefillMs! + decodeMs!).toBeLessThanOrEqual(totalMs + 5);
    } finally {
      await indexing.stop();
      await queue.stop();
      await box.stop();
      await runtime.close();
    }
  }, 240_000);
});

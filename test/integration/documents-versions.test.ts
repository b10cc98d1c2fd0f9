import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestEmbedder, startIndexing, upload, uploaded, whenDocument } from '../support/indexing.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { waitFor } from '../support/wait.ts';

let box: Box;
let owner: Person;
let other: Person;
let indexing: Awaited<ReturnType<typeof startIndexing>>;
const embedder = createTestEmbedder();

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  other = await box.user('user');
  indexing = await startIndexing(box, { embed: embedder.embed });
}, 120_000);
afterAll(async () => {
  await indexing?.stop();
  await box?.stop();
});
beforeEach(() => {
  embedder.state.texts.length = 0;
});

const get = async (id: string, as = owner) => (await box.request('GET', `/api/v1/documents/${id}`, { as })).body;
const search = async (query: string, more: Record<string, unknown> = {}) =>
  (await box.request('POST', '/api/v1/search', { as: owner, body: { query, mode: 'words', limit: 10, ...more } })).body.items;
const whenRevision = (id: string, revision: number) =>
  waitFor(
    async () => {
      const body = await get(id);
      return body.revision === revision && body.status === 'indexed' ? body : undefined;
    },
    { what: `revision ${revision} of ${id}`, timeoutMs: 30_000, everyMs: 20 },
  );
const replace = async (name: string, body: string, revision: number): Promise<string> => {
  const answer = await upload(box, owner, name, body);
  expect(answer).toMatchObject({ status: 201, body: { items: [{ revision }] } });
  await whenRevision(answer.body.items[0].id, revision);
  return answer.body.items[0].id;
};

/** Sections long enough to be passages of their own. The first words of a page are part of what is embedded, and stay the same. */
const handbook = (...sections: string[]): string =>
  ['Welcome to everybody who works here.', ...sections]
    .map((section, at) => `# Section ${at + 1}\n\n${section} ${'It is written down here in many more words than are needed. '.repeat(16)}\n`)
    .join('\n');

/** An answer as the chat keeps it, that cites these passages. */
const answerCiting = async (
  as: Person,
  passages: { id: string; page: number; text: string; documentId: string; filename: string }[],
): Promise<{ conversation: string; message: string }> => {
  const conversation = (await box.request('POST', '/api/v1/conversations', { as, body: { title: 'Fees' } })).body.id;
  await box.database.db.insertInto('chat_messages').values({ conversation_id: conversation, role: 'user', content: 'What is the fee?' }).execute();
  const sources = passages.map(({ id, page, text, documentId, filename }, at) => ({
    marker: at + 1,
    documentId,
    filename,
    page,
    passageId: id,
    boxes: [],
    quote: text.slice(0, 40),
    support: 1,
  }));
  const { id: message } = await box.database.db
    .insertInto('chat_messages')
    .values({ conversation_id: conversation, role: 'assistant', content: 'It is 40 Euro [1].', sources: JSON.stringify(sources), grounded: true })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { conversation, message };
};
const passagesOf = async (documentId: string, filename: string) =>
  (await box.request('GET', `/api/v1/documents/${documentId}/passages`, { as: owner })).body.items.map((passage: object) => ({
    ...passage,
    documentId,
    filename,
  }));

const textOf = async (id: string) => (await passagesOf(id, '')).map(({ text }: { text: string }) => text).join('\n');

test('M13: the same name with new content is a new version: what changed is embedded, what it said stays askable as of a date', async () => {
  const id = await uploaded(box, owner, 'handbook.md', handbook('The fee is forty Euro.', 'The office opens at nine.', 'Dogs are welcome.'));
  const first = await whenDocument(box, owner, id);
  expect(first).toMatchObject({ revision: 1, earlierVersions: 0, versionOf: null });
  const before = await passagesOf(id, 'handbook.md');
  expect(before.length).toBeGreaterThanOrEqual(3);
  expect(embedder.state.texts).toHaveLength(before.length);
  embedder.state.texts.length = 0;
  const then = new Date().toISOString();

  expect(await replace('handbook.md', handbook('The fee is ninety Euro.', 'The office opens at nine.', 'Dogs are welcome.'), 2)).toBe(id);
  const now = await get(id);
  expect(now).toMatchObject({ revision: 2, earlierVersions: 1, status: 'indexed', hasNewerComing: false, passages: before.length, embedded: before.length });
  expect(embedder.state.texts).toHaveLength(1);
  expect(embedder.state.texts[0]).toContain('ninety Euro');

  // What did not change is the same passage still, so that citations of it stay right.
  const after = await passagesOf(id, 'handbook.md');
  const idsOf = (passages: { id: string }[]) => passages.map((passage) => passage.id);
  expect(idsOf(after).filter((passage) => idsOf(before).includes(passage))).toHaveLength(before.length - 1);

  await waitFor(async () => ((await search('fee ninety')).length === 1 ? true : undefined), { what: 'the index to follow', timeoutMs: 10_000 });
  expect((await search('fee Euro')).map((hit: { text: string }) => /ninety|forty/u.exec(hit.text)?.[0])).toEqual(['ninety']);
  const past = await search('fee Euro', { asOf: then });
  expect(past.map((hit: { text: string }) => /ninety|forty/u.exec(hit.text)?.[0])).toEqual(['forty']);
  expect((await search('dogs', { asOf: then, documentIds: [id] }))[0].text).toContain('Dogs');

  const { body: versions } = await box.request('GET', `/api/v1/documents/${id}/versions`, { as: owner });
  expect(versions.items).toMatchObject([
    { id, revision: 2, isCurrent: true, until: null },
    { revision: 1, isCurrent: false, until: expect.any(String), status: 'indexed' },
  ]);
  const old = await get(versions.items[1].id);
  expect(old).toMatchObject({ versionOf: id, revision: 1, passages: before.length });
  expect((await box.request('GET', `/api/v1/documents/${old.id}/content`, { as: owner })).body).toContain('forty Euro');
  expect((await box.request('GET', '/api/v1/documents?q=handbook', { as: owner })).body.items.map((one: { id: string }) => one.id)).toEqual([id]);
});

test('M13: until new content was read the old one stands; content that cannot be read never takes its place; going back is a version too', async () => {
  const first = handbook('The lift carries six people.');
  const id = await uploaded(box, owner, 'lift.md', first);
  await whenDocument(box, owner, id);
  await upload(box, owner, 'lift.md', '');
  const pending = await waitFor(
    async () => {
      const { body } = await box.request('GET', `/api/v1/documents/${id}/versions`, { as: owner });
      return body.items[0].status === 'failed' ? body.items : undefined;
    },
    { what: 'the empty version to fail', timeoutMs: 20_000 },
  );
  expect(pending).toMatchObject([
    { revision: 2, isCurrent: false, from: null, status: 'failed', error: expect.stringMatching(/no text/u) },
    { id, revision: 1, isCurrent: true },
  ]);
  expect(await get(id)).toMatchObject({ revision: 1, status: 'indexed' });
  await replace('lift.md', handbook('The lift carries eight people.'), 3);
  await replace('lift.md', first, 4);
  expect(await textOf(id)).toContain('six people');
  expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner })).status).toBe(204);
  expect((await box.request('POST', `/api/v1/documents/${id}/restore`, { as: owner })).status).toBe(200);
  expect(await textOf(id)).toContain('six people');
});

test('M13: who may not change a document, another folder, and a wish make a document of their own', async () => {
  const id = await uploaded(box, owner, 'rules.md', handbook('Helmets are worn.'));
  await whenDocument(box, owner, id);
  const theirs = await upload(box, other, 'rules.md', handbook('Gloves are worn.'));
  expect(theirs.body.items[0].id).not.toBe(id);
  expect(theirs.body.items[0].revision).toBeUndefined();
  const apart = await box.request('POST', '/api/v1/documents?filename=rules.md&sameName=separate', {
    as: owner,
    body: handbook('Boots are worn.'),
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  expect(apart.body.items[0].id).not.toBe(id);
  expect(await get(id)).toMatchObject({ revision: 1, earlierVersions: 0, hasNewerComing: false });
});

test('M13: versions end when their time is over, with their objects', async () => {
  const id = await uploaded(box, owner, 'short.md', handbook('Version one of the short story.'));
  await whenDocument(box, owner, id);
  await replace('short.md', handbook('Version two of the short story.'), 2);
  await indexing.stop();
  await box.database.db
    .updateTable('documents')
    .set({ valid_until: new Date(Date.now() - 10 * 86_400_000) })
    .where('version_of', '=', id)
    .execute();
  indexing = await startIndexing(box, { embed: embedder.embed, keepVersionsDays: 5 });
  await waitFor(async () => ((await get(id)).earlierVersions === 0 ? true : undefined), { what: 'the version to end', timeoutMs: 10_000 });
  expect(await textOf(id)).toContain('Version two');
});

test('M4: answers that cite a passage which changed are found and their askers told; what did not change recalls nothing', async () => {
  const id = await uploaded(box, owner, 'prices.md', handbook('A ticket is seven Euro.', 'Children pay nothing.'));
  await whenDocument(box, owner, id);
  const passages = await passagesOf(id, 'prices.md');
  const [ticket] = passages.filter((one: { text: string }) => one.text.includes('ticket'));
  const [children] = passages.filter((one: { text: string }) => one.text.includes('Children'));
  const concerned = await answerCiting(owner, [ticket, children]);
  const theirs = await answerCiting(other, [ticket]);
  const unconcerned = await answerCiting(owner, [children]);
  await replace('prices.md', handbook('A ticket is nine Euro.', 'Children pay nothing.'), 2);

  const { body: mine } = await box.request('GET', '/api/v1/answers/recalled?seen=false', { as: owner });
  expect(mine.items).toMatchObject([
    {
      messageId: concerned.message,
      conversationId: concerned.conversation,
      question: 'What is the fee?',
      filename: 'prices.md',
      reason: 'changed',
      markers: [1],
      seen: false,
    },
  ]);
  const { body: messages } = await box.request('GET', `/api/v1/conversations/${concerned.conversation}/messages`, { as: owner });
  expect(messages.items[1].recalled).toMatchObject([{ marker: 1, passageId: ticket.id, reason: 'changed' }]);
  const { body: calm } = await box.request('GET', `/api/v1/conversations/${unconcerned.conversation}/messages`, { as: owner });
  expect(calm.items[1].recalled).toEqual([]);
  const { body: yours } = await box.request('GET', '/api/v1/answers/recalled', { as: other });
  expect(yours.items.map((one: { messageId: string }) => one.messageId)).toEqual([theirs.message]);
  const told = await box.rows('notifications', { topic: 'answer.recalled' });
  expect(told.map(({ link }) => link).sort()).toEqual([`/chat/${concerned.conversation}`, `/chat/${theirs.conversation}`].sort());

  expect((await box.request('POST', `/api/v1/answers/${concerned.message}/seen`, { as: other })).status).toBe(404);
  expect((await box.request('POST', `/api/v1/answers/${concerned.message}/seen`, { as: owner })).status).toBe(204);
  expect((await box.request('GET', '/api/v1/answers/recalled?seen=false', { as: owner })).body.items).toEqual([]);
});

test('M4: a deleted document recalls the answers that cite it, once it cannot be taken back', { timeout: 60_000 }, async () => {
  const id = await uploaded(box, owner, 'leaflet.md', handbook('The museum shows clocks.'));
  await whenDocument(box, owner, id);
  const { message } = await answerCiting(owner, (await passagesOf(id, 'leaflet.md')).slice(-1));
  await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner });
  const { body } = await waitFor(
    async () => {
      const answer = await box.request('GET', '/api/v1/answers/recalled?seen=false', { as: owner });
      return answer.body.items.length > 0 ? answer : undefined;
    },
    { what: 'the answer to be recalled', timeoutMs: 40_000, everyMs: 200 },
  );
  expect(body.items).toMatchObject([{ messageId: message, reason: 'deleted', filename: 'leaflet.md' }]);
});

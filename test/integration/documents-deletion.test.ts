import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { UNDO_MS } from '#documents';
import { startBox, type Box, type Person } from '../support/box.ts';
import { createTestEmbedder, startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { prosePdf } from '../support/pdf.ts';
import { waitFor } from '../support/wait.ts';

describe('deleting documents', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  const running: Awaited<ReturnType<typeof startIndexing>>[] = [];

  /** Like `startIndexing`, and stopped at the end of the test. */
  const start = async (options: Parameters<typeof startIndexing>[1] = {}) => {
    const indexing = await startIndexing(box, options);
    running.push(indexing);
    return indexing;
  };

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
  });
  afterEach(async () => {
    for (const indexing of running.splice(0)) await indexing.stop();
  });
  afterAll(() => box.stop());

  const objectOf = (body: Uint8Array | string): string => {
    const hash = createHash('sha256').update(body).digest('hex');
    return join(box.dataDir, 'objects', hash.slice(0, 2), hash.slice(2, 4), hash);
  };
  /** Moves a deletion into the past, so that nobody has to wait for its time to undo. */
  const timeIsUp = (id: string) =>
    sql`update documents set deleted_at = deleted_at - make_interval(secs => ${UNDO_MS / 1000 + 1}) where id = ${id}`.execute(box.database.db);
  const remove = (id: string, as: Person = owner) => box.request('DELETE', `/api/v1/documents/${id}`, { as });
  const isGone = async (id: string): Promise<boolean> => (await box.rows('documents', { id })).length === 0;

  test('A12 deleting a document removes object, passages and vectors; a crash in the middle is finished later', async () => {
    const body = prosePdf(3);
    const first = await start();
    const id = await uploaded(box, owner, 'doomed.pdf', body);
    await whenDocument(box, owner, id, ['indexed']);
    const passages = await box.rows('document_chunks', { document_id: id });
    expect(passages.length).toBeGreaterThan(0);
    expect(existsSync(objectOf(body))).toBe(true);
    await first.stop();

    expect((await remove(id)).status).toBe(204);
    expect((await box.request('GET', `/api/v1/documents/${id}`, { as: owner })).status).toBe(404);
    expect((await box.request('GET', `/api/v1/documents/${id}/content`, { as: owner })).status).toBe(404);
    await timeIsUp(id);

    // The process dies right after the object is gone: the row is still there.
    let crashed = false;
    const second = await start({
      objects: (store) => ({
        ...store,
        remove: async (path) => {
          await store.remove(path);
          crashed = true;
          throw new Error('killed in the middle');
        },
      }),
    });
    await waitFor(() => crashed);
    await second.stop();
    expect(existsSync(objectOf(body))).toBe(false);
    expect(await isGone(id)).toBe(false);

    const third = await start();
    await waitFor(() => isGone(id), { what: 'the sweep to finish the deletion', timeoutMs: 40_000 });
    await third.stop();
    expect(await box.rows('document_chunks', { document_id: id })).toEqual([]);
    for (const passage of passages) expect(await box.rows('document_embeddings', { chunk_id: passage.id })).toEqual([]);
  });

  test('A12 a deletion can be taken back, and then nothing is removed', async () => {
    const indexing = await start();
    const body = 'Words that somebody wanted after all.';
    const id = await uploaded(box, owner, 'back.txt', body);
    await whenDocument(box, owner, id, ['indexed']);
    await remove(id);
    const restored = await box.request('POST', `/api/v1/documents/${id}/restore`, { as: owner });
    expect(restored).toMatchObject({ status: 200, body: { id, status: 'indexed', passages: 1, embedded: 1 } });
    expect((await box.request('POST', `/api/v1/documents/${id}/restore`, { as: owner })).status).toBe(404);
    await indexing.stop();
    expect(existsSync(objectOf(body))).toBe(true);
  });

  test('A12 a document that is being indexed stops and goes', async () => {
    const embedder = createTestEmbedder();
    embedder.state.held = true;
    const indexing = await start({ embed: embedder.embed });
    const id = await uploaded(box, owner, 'midway.pdf', prosePdf(40));
    await whenDocument(box, owner, id, ['embedding']);
    await remove(id);
    await timeIsUp(id);
    await waitFor(() => isGone(id), { what: 'the document to go', timeoutMs: 40_000 });
    embedder.state.held = false;
    await indexing.stop();
    expect(await box.rows('document_chunks', { document_id: id })).toEqual([]);
  });

  test('A12 content that another document links to stays, and its passages move there', async () => {
    const indexing = await start();
    const body = 'Two people keep the same recipe for barley soup.';
    const id = await uploaded(box, owner, 'mine.txt', body);
    await whenDocument(box, owner, id, ['indexed']);
    const other = await box.user('user');
    const linked = await uploaded(box, other, 'hers.txt', body);
    const [passage] = await box.rows('document_chunks', { document_id: id });

    await remove(id);
    const heir = await box.request('GET', `/api/v1/documents/${linked}`, { as: other });
    expect(heir.body).toMatchObject({ status: 'indexed', passages: 1, embedded: 1, duplicateOf: null });
    expect(await box.rows('document_chunks', { document_id: linked })).toMatchObject([{ id: passage!.id }]);
    await timeIsUp(id);
    await waitFor(() => isGone(id), { what: 'the first document to go', timeoutMs: 40_000 });
    expect(existsSync(objectOf(body))).toBe(true);
    await remove(linked, other);
    await timeIsUp(linked);
    await waitFor(() => isGone(linked), { what: 'the second document to go', timeoutMs: 40_000 });
    expect(existsSync(objectOf(body))).toBe(false);
    await indexing.stop();
  });

  test('only its owner and administrators change a document', async () => {
    const [author, other, admin] = [await box.user('user'), await box.user('user'), await box.user('admin')];
    const id = await uploaded(box, author, 'owned.txt', 'Text that belongs to its author.');
    expect((await box.request('GET', `/api/v1/documents/${id}`, { as: other })).body).toMatchObject({ mayChange: false, ownerName: author.username });
    for (const action of ['retry', 'cancel']) expect((await box.request('POST', `/api/v1/documents/${id}/${action}`, { as: other })).status).toBe(403);
    expect((await remove(id, other)).status).toBe(403);
    expect((await remove(id, admin)).status).toBe(204);
    expect((await box.request('POST', `/api/v1/documents/${id}/restore`, { as: other })).status).toBe(403);
    expect((await box.request('POST', `/api/v1/documents/${id}/restore`, { as: author })).status).toBe(200);
  });
});

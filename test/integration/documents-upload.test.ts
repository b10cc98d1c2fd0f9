import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, upload, uploaded, whenDocument } from '../support/indexing.ts';
import { prosePdf } from '../support/pdf.ts';
import { waitFor } from '../support/wait.ts';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('uploads', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
  });
  afterAll(() => box.stop());

  const objectOf = (hash: string): string => join(box.dataDir, 'objects', hash.slice(0, 2), hash.slice(2, 4), hash);
  const incoming = () => readdir(join(box.dataDir, 'objects', 'incoming'));
  const form = (files: Record<string, Uint8Array<ArrayBuffer> | string>): FormData => {
    const data = new FormData();
    for (const [name, body] of Object.entries(files)) data.append('files', new Blob([body]), name);
    return data;
  };
  const settings = (documents: object) => box.request('PATCH', '/api/v1/settings', { as: owner, body: { documents } });

  test('many files of one form are stored by their content and put in line', async () => {
    const pdf = new Uint8Array(prosePdf(2));
    const { status, body } = await box.request('POST', '/api/v1/documents', {
      as: owner,
      body: form({ 'one.pdf': pdf, 'two.md': '# Two\n\nText.', 'three.html': '<!doctype html><p>Three</p>' }),
    });
    expect(status).toBe(201);
    expect(body.items.map((item: { filename: string; status: string }) => [item.filename, item.status])).toEqual([
      ['one.pdf', 'pending'],
      ['two.md', 'pending'],
      ['three.html', 'pending'],
    ]);
    expect(body.items[0]).toMatchObject({ sha256: sha256(pdf), sizeBytes: pdf.length });
    expect((await stat(objectOf(sha256(pdf)))).size).toBe(pdf.length);
    expect(await incoming()).toEqual([]);
    const types = await Promise.all(
      body.items.map(async ({ id }: { id: string }) => (await box.request('GET', `/api/v1/documents/${id}`, { as: owner })).body.mimeType),
    );
    expect(types).toEqual(['application/pdf', 'text/markdown', 'text/html']);
  });

  test('the same content twice is told and linked, not indexed twice', async () => {
    await box.database.db.deleteFrom('documents').execute();
    const text = 'The same words, sent twice.';
    const first = await uploaded(box, owner, 'first.txt', text);
    const { body } = await upload(box, owner, 'second.txt', text);
    expect(body.items[0]).toMatchObject({ filename: 'second.txt', duplicateOf: first, status: 'pending' });
    const second = body.items[0].id as string;
    expect(second).not.toBe(first);
    const indexing = await startIndexing(box);
    try {
      expect(await whenDocument(box, owner, first)).toMatchObject({ status: 'indexed', passages: 1 });
      expect(await whenDocument(box, owner, second)).toMatchObject({ status: 'indexed', passages: 1, duplicateOf: first });
      expect(await box.rows('document_chunks', { document_id: second })).toEqual([]);
      const passages = (await box.request('GET', `/api/v1/documents/${second}/passages`, { as: owner })).body.items;
      expect(passages).toMatchObject([{ text }]);
      // A search among the second document finds what stands for it, under its own name.
      const found = await waitFor(async () => {
        const { items } = (await box.request('POST', '/api/v1/search', { as: owner, body: { query: 'same words', mode: 'words', documentIds: [second] } }))
          .body;
        return items.length > 0 && items;
      });
      expect(found).toMatchObject([{ text, documentId: second }]);
    } finally {
      await indexing.stop();
    }
  });

  test.each([
    ['../../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.txt', 'system.txt'],
    ['/absolute/path/notes.txt', 'notes.txt'],
    ['.hidden.txt', 'hidden.txt'],
    ['a\u0007b\u202Etxt.exe.txt', 'abtxt.exe.txt'],
    ['Cafe\u0301.txt', 'Café.txt'],
    ['..', 'upload'],
    [`${'x'.repeat(400)}.txt`, `${'x'.repeat(251)}.txt`],
  ])('the name %j becomes %j and nothing is written outside the store', async (given, shown) => {
    const before = await readdir(box.dataDir);
    const { status, body } = await upload(box, owner, given, `text for ${shown} ${given.length}`);
    expect(status).toBe(201);
    expect(body.items[0].filename).toBe(shown);
    expect(await readdir(box.dataDir)).toEqual(before);
  });

  test('a form’s file name with a path loses it too', async () => {
    const body = '--edge\r\nContent-Disposition: form-data; name="files"; filename="../../up.txt"\r\n\r\nup\r\n--edge--\r\n';
    const answer = await box.request('POST', '/api/v1/documents', { as: owner, body, headers: { 'Content-Type': 'multipart/form-data; boundary=edge' } });
    expect(answer).toMatchObject({ status: 201, body: { items: [{ filename: 'up.txt' }] } });
  });

  test('the type is what the content says, whatever the name says', async () => {
    const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
    const refused = await upload(box, owner, 'really.pdf', gif);
    expect(refused).toMatchObject({
      status: 415,
      body: { error: { code: 'unsupported_type', message: expect.stringMatching(/a GIF picture.*PDF, Word \(DOCX\).*plain text/u) } },
    });
    expect(existsSync(objectOf(sha256(gif)))).toBe(false);
    expect((await upload(box, owner, 'noise.txt', randomBytes(5_000))).status).toBe(415);
    const pdf = await uploaded(box, owner, 'actually.txt', prosePdf(1));
    expect((await box.request('GET', `/api/v1/documents/${pdf}`, { as: owner })).body.mimeType).toBe('application/pdf');
  });

  test('of several files the good ones are taken and the others told', async () => {
    const { status, body } = await box.request('POST', '/api/v1/documents', {
      as: owner,
      body: form({ 'good.txt': 'good words', 'bad.rtf': '{\\rtf1 old words}' }),
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ items: [{ filename: 'good.txt' }], refused: [{ filename: 'bad.rtf', code: 'unsupported_type' }] });
  });

  test('a file above the limit is refused with the numbers and leaves nothing', async () => {
    await settings({ maxUploadBytes: 10_000 });
    try {
      const big = 'long text '.repeat(2_000);
      expect(await upload(box, owner, 'big.txt', big)).toMatchObject({
        status: 413,
        body: { error: { code: 'document_too_large', message: expect.stringContaining('10.0 kB') } },
      });
      // Without an announced length it is found out on the way.
      const streamed = await box.request('POST', '/api/v1/documents', { as: owner, body: form({ 'big.txt': big, 'small.txt': 'small enough' }) });
      expect(streamed.body).toMatchObject({ items: [{ filename: 'small.txt' }], refused: [{ filename: 'big.txt', code: 'document_too_large' }] });
      expect(existsSync(objectOf(sha256(big)))).toBe(false);
      expect(await incoming()).toEqual([]);
    } finally {
      await settings({ maxUploadBytes: 2 * 2 ** 30 });
    }
  });

  test('a disk without room is told before the first byte, with the numbers; reading goes on', async () => {
    await settings({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    try {
      const { status, body } = await upload(box, owner, 'no-room.txt', 'no room for this');
      expect(status).toBe(507);
      expect(body.error).toMatchObject({
        code: 'disk_full',
        details: { neededBytes: 16, freeBytes: expect.any(Number), reserveBytes: Number.MAX_SAFE_INTEGER },
      });
      expect(body.error.message).toMatch(/free/u);
      expect(await incoming()).toEqual([]);
      expect((await box.request('GET', '/api/v1/documents', { as: owner })).status).toBe(200);
    } finally {
      await settings({ minFreeBytes: 0 });
    }
  });

  test('a sender that goes away in the middle leaves nothing', async () => {
    const before = (await box.rows('documents')).length;
    const sender = httpRequest(`${box.url}/api/v1/documents?filename=gone.txt`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${owner.token}`, 'Content-Length': '5000000' },
    });
    sender.on('error', () => undefined);
    sender.write('the beginning of a text '.repeat(20_000));
    await waitFor(async () => (await incoming()).length === 1, { what: 'the upload to arrive' });
    sender.destroy();
    await waitFor(async () => (await incoming()).length === 0, { what: 'its remains to go' });
    expect(await box.rows('documents')).toHaveLength(before);
  });

  test('a sender that goes away in the middle of a form leaves nothing', async () => {
    const before = (await box.rows('documents')).length;
    const sender = httpRequest(`${box.url}/api/v1/documents`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${owner.token}`, 'Content-Type': 'multipart/form-data; boundary=edge' },
    });
    sender.on('error', () => undefined);
    sender.write(`--edge\r\nContent-Disposition: form-data; name="files"; filename="gone.txt"\r\n\r\n${'text without an end '.repeat(20_000)}`);
    await waitFor(async () => (await incoming()).length === 1, { what: 'the upload to arrive' });
    sender.destroy();
    await waitFor(async () => (await incoming()).length === 0, { what: 'its remains to go' });
    expect(await box.rows('documents')).toHaveLength(before);
  });

  test('what is no upload is said so', async () => {
    expect((await box.request('POST', '/api/v1/documents', { as: owner, body: 'text' })).status).toBe(422);
    expect((await box.request('POST', '/api/v1/documents', { as: owner, body: new FormData() })).status).toBe(422);
    expect((await box.request('POST', '/api/v1/documents', { as: owner, body: 'x', headers: { 'Content-Type': 'multipart/form-data' } })).status).toBe(400);
    const viewer = await box.user('viewer');
    expect((await upload(box, viewer, 'mine.txt', 'text')).status).toBe(403);
  });
});

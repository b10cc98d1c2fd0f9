import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIndexing, upload, uploaded, whenDocument } from '../support/indexing.ts';
import { makePdf, prosePage } from '../support/pdf.ts';
import { startBox, type Box, type Person } from '../support/box.ts';

let box: Box;
let owner: Person;
let other: Person;

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  other = await box.user('user');
}, 120_000);
afterAll(async () => {
  await box?.stop();
});

const setAttempts = (id: string, attempts: number) => box.database.db.updateTable('documents').set({ attempts }).where('id', '=', id).execute();

test('A11: a file that takes the service down each time is left alone after six starts', { timeout: 60_000 }, async () => {
  const id = await uploaded(box, owner, 'killer.txt', 'It kills whoever reads it.');
  // As six kills in the middle of reading leave it.
  await box.database.db.updateTable('documents').set({ attempts: 6, status: 'indexing', stage: 'reading' }).where('id', '=', id).execute();
  const indexing = await startIndexing(box);
  try {
    expect(await whenDocument(box, owner, id)).toMatchObject({
      status: 'failed',
      error: { code: 'document_broken', message: expect.stringMatching(/ended the service 6 times/u) },
    });
    // Told to try again, it begins anew.
    expect((await box.request('POST', `/api/v1/documents/${id}/retry`, { as: owner })).status).toBe(200);
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed' });
  } finally {
    await indexing.stop();
  }
});

test('A11: whatever the error is, a document fails in the end and says why', { timeout: 60_000 }, async () => {
  const id = await uploaded(box, owner, 'unlucky.txt', 'The disk under it is broken.');
  await setAttempts(id, 5);
  const indexing = await startIndexing(box, { objects: (store) => ({ ...store, localFile: () => Promise.reject(new Error('input/output error')) }) });
  try {
    expect(await whenDocument(box, owner, id)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringMatching(/failed 6 times, the last time so: input\/output error/u) },
    });
  } finally {
    await indexing.stop();
  }
});

test('T12: whose document has the content of somebody else’s steers their own reading alone, and sees nothing of the other', { timeout: 60_000 }, async () => {
  const secret = makePdf([prosePage(1)], { password: 'secret' });
  const { body: folders } = await box.request('GET', '/api/v1/folders', { as: owner });
  const mine = folders.items.find((folder: { kind: string }) => folder.kind === 'private').id;
  const indexing = await startIndexing(box);
  try {
    const { body: answer } = await box.request('POST', `/api/v1/documents?filename=mine.pdf&folderId=${mine}`, {
      as: owner,
      body: secret,
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    const held = answer.items[0].id;
    expect(await whenDocument(box, owner, held)).toMatchObject({ status: 'failed', error: { code: 'document_encrypted' } });
    const { body: taken } = await upload(box, other, 'theirs.pdf', secret);
    const theirs = taken.items[0];
    expect(theirs.duplicateOf).toBeUndefined();
    expect((await box.request('POST', `/api/v1/documents/${theirs.id}/password`, { as: other, body: { password: 'secret' } })).status).toBe(200);
    expect(await whenDocument(box, other, theirs.id)).toMatchObject({ status: 'indexed', duplicateOf: null });
    expect((await box.request('GET', `/api/v1/documents/${held}`, { as: owner })).body).toMatchObject({
      status: 'failed',
      error: { code: 'document_encrypted' },
    });
  } finally {
    await indexing.stop();
  }

  const { body: waiting } = await box.request('POST', `/api/v1/documents?filename=long.txt&folderId=${mine}`, {
    as: owner,
    body: 'A long story that waits.',
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  const { body: linked } = await upload(box, other, 'copy.txt', 'A long story that waits.');
  expect((await box.request('POST', `/api/v1/documents/${linked.items[0].id}/cancel`, { as: other })).body).toMatchObject({
    status: 'failed',
    stage: 'cancelled',
  });
  expect((await box.request('GET', `/api/v1/documents/${waiting.items[0].id}`, { as: owner })).body).toMatchObject({ status: 'pending' });
});

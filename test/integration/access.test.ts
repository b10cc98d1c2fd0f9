import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessExplanation, FolderView } from '#contracts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { waitFor } from '../support/wait.ts';

let box: Box;
let indexing: Awaited<ReturnType<typeof startIndexing>>;
let owner: Person;
let tom: Person;
let eva: Person;
let vera: Person;
let shared: FolderView;
let tomsOwn: FolderView;

const folders = async (as: Person): Promise<FolderView[]> => (await box.request('GET', '/api/v1/folders', { as })).body.items;
const makeFolder = async (as: Person, parentId: string, name: string): Promise<FolderView> => {
  const { status, body } = await box.request('POST', '/api/v1/folders', { as, body: { parentId, name } });
  expect(status).toBe(201);
  return body;
};
const put = async (as: Person, folderId: string, filename: string, text: string): Promise<string> => {
  const { status, body } = await box.request('POST', `/api/v1/documents?filename=${filename}&folderId=${folderId}`, {
    as,
    body: text,
    headers: { 'Content-Type': 'application/octet-stream' },
  });
  expect(status).toBe(201);
  const { id } = body.items[0];
  await whenDocument(box, as, id, ['embedding', 'waiting_for_model', 'indexed']);
  return id;
};
const share = (as: Person, what: `folders/${string}` | `documents/${string}`, body: { inherits: boolean; grants: object[] }) =>
  box.request('PUT', `/api/v1/${what}/access`, { as, body });
const finds = async (as: Person, query: string): Promise<string[]> => {
  const { body } = await box.request('POST', '/api/v1/search', { as, body: { query, mode: 'words' } });
  return body.items.map(({ documentId }: { documentId: string }) => documentId);
};
/** The status of every way to a document's content. */
const waysTo = async (as: Person, id: string): Promise<number[]> =>
  Promise.all(['', '/content', '/passages', '/access'].map(async (way) => (await box.request('GET', `/api/v1/documents/${id}${way}`, { as })).status));
const person = ({ id }: Person, level = 'read') => ({ to: { kind: 'person', id }, level });
const offer = (colour: string): string =>
  [
    'From: a@example.org',
    'Subject: Offer',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=x',
    '',
    '--x',
    'Content-Type: text/plain',
    '',
    'See the offer.',
    '--x',
    'Content-Type: text/plain; name=offer.txt',
    'Content-Disposition: attachment; filename=offer.txt',
    '',
    `The ${colour} offer.`,
    '--x--',
    '',
  ].join('\r\n');
const OPEN = [200, 200, 200, 200];
const CLOSED = [404, 404, 404, 404];

beforeAll(async () => {
  box = await startBox();
  indexing = await startIndexing(box);
  owner = await box.owner();
  [tom, eva, vera] = [await box.user('user'), await box.user('user'), await box.user('viewer')];
  shared = (await folders(tom)).find(({ kind }) => kind === 'shared')!;
  tomsOwn = (await folders(tom)).find(({ kind }) => kind === 'private')!;
});
afterAll(async () => {
  await indexing.stop();
  await box.stop();
});

describe('folders', () => {
  test('everybody has the shared folder and one of their own, which nobody else sees', async () => {
    expect(shared).toMatchObject({ parentId: null, mayAdd: true, mayChange: false, mayShare: false });
    expect(tomsOwn).toMatchObject({ parentId: null, ownerName: tom.username, mayAdd: true, mayChange: false, mayShare: false });
    for (const other of [owner, eva, vera]) expect((await folders(other)).map(({ id }) => id)).not.toContain(tomsOwn.id);
    expect((await folders(vera)).find(({ kind }) => kind === 'shared')).toMatchObject({ mayAdd: false });
    expect((await box.request('POST', '/api/v1/folders', { as: eva, body: { parentId: tomsOwn.id, name: 'intruder' } })).status).toBe(404);
  });

  test('a folder is made, renamed, moved with what is in it, and removed when it is empty', async () => {
    const plans = await makeFolder(tom, shared.id, 'Plans');
    const north = await makeFolder(tom, plans.id, 'North');
    expect(await box.request('POST', '/api/v1/folders', { as: eva, body: { parentId: shared.id, name: 'PLANS' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining('“PLANS”') } },
    });
    expect(await box.request('PATCH', `/api/v1/folders/${plans.id}`, { as: tom, body: { parentId: north.id } })).toMatchObject({ status: 409 });
    expect(await box.request('PATCH', `/api/v1/folders/${plans.id}`, { as: eva, body: { name: 'Mine' } })).toMatchObject({ status: 403 });
    expect(await box.request('PATCH', `/api/v1/folders/${plans.id}`, { as: tom, body: { name: 'Drawings' } })).toMatchObject({ body: { name: 'Drawings' } });
    expect(await box.request('DELETE', `/api/v1/folders/${plans.id}`, { as: tom })).toMatchObject({ status: 409 });
    expect(await box.request('PATCH', `/api/v1/folders/${north.id}`, { as: tom, body: { parentId: tomsOwn.id } })).toMatchObject({ status: 200 });
    expect((await folders(eva)).map(({ id }) => id)).not.toContain(north.id);
    for (const { id } of [plans, north]) expect(await box.request('DELETE', `/api/v1/folders/${id}`, { as: tom })).toMatchObject({ status: 204 });
    for (const { id } of [shared, tomsOwn]) expect((await box.request('DELETE', `/api/v1/folders/${id}`, { as: owner })).status).toBeGreaterThan(400);
  });

  test.each(['', '../up', 'a/b', '.'])('the name “%s” is refused', async (name) => {
    expect(await box.request('POST', '/api/v1/folders', { as: tom, body: { parentId: shared.id, name } })).toMatchObject({ status: 422 });
  });
});

describe('M12 who may see what', () => {
  test('what is in a person’s own folder is closed to all others, the box’s owner too, by every way', async () => {
    const id = await put(tom, tomsOwn.id, 'diary.txt', 'The heliotrope was hidden under the stairs.');
    expect(await waysTo(tom, id)).toEqual(OPEN);
    expect(await finds(tom, 'heliotrope')).toEqual([id]);
    for (const other of [owner, eva, vera]) {
      expect(await waysTo(other, id)).toEqual(CLOSED);
      if (other !== vera) expect(await finds(other, 'heliotrope')).toEqual([]);
      expect((await box.request('GET', '/api/v1/documents', { as: other })).body.items).toEqual([]);
    }
    expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner })).status).toBe(404);
    expect((await box.request('PATCH', `/api/v1/documents/${id}`, { as: eva, body: { folderId: shared.id } })).status).toBe(404);
    expect((await box.request('POST', `/api/v1/documents?filename=a.txt&folderId=${tomsOwn.id}`, { as: eva, body: 'x' })).status).toBe(404);
    expect((await share(owner, `documents/${id}`, { inherits: true, grants: [person(owner)] })).status).toBe(404);
  });

  test('a grant to a group opens a folder and what is below it, to read alone; its revocation closes both at once', async () => {
    const { body: group } = await box.request('POST', '/api/v1/groups', { as: owner, body: { name: 'Board', memberIds: [eva.id] } });
    const board = await makeFolder(tom, tomsOwn.id, 'Board papers');
    const minutes = await makeFolder(tom, board.id, 'Minutes');
    const id = await put(tom, minutes.id, 'minutes.txt', 'The amaranth budget was approved.');
    const granted = await share(tom, `folders/${board.id}`, { inherits: true, grants: [{ to: { kind: 'group', id: group.id }, level: 'read' }] });
    expect(granted).toMatchObject({ status: 200, body: { grants: [{ kind: 'group', name: 'Board', level: 'read' }] } });
    expect(await waysTo(eva, id)).toEqual(OPEN);
    expect(await finds(eva, 'amaranth')).toEqual([id]);
    // The folder above stays closed: not even its name is told.
    expect((await folders(eva)).find((each) => each.id === board.id)).toMatchObject({ parentId: null, mayAdd: false, mayShare: false });
    expect(JSON.stringify((await box.request('GET', `/api/v1/documents/${id}/access`, { as: eva })).body)).not.toContain(tomsOwn.id);
    expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: eva })).status).toBe(403);
    expect((await share(eva, `folders/${board.id}`, { inherits: true, grants: [person(vera)] })).status).toBe(403);
    for (const other of [owner, vera]) expect(await waysTo(other, id)).toEqual(CLOSED);

    await box.request('PATCH', `/api/v1/groups/${group.id}`, { as: owner, body: { memberIds: [vera.id] } });
    expect(await waysTo(eva, id)).toEqual(CLOSED);
    expect(await finds(eva, 'amaranth')).toEqual([]);
    expect(await waysTo(vera, id)).toEqual(OPEN);
    await share(tom, `folders/${board.id}`, { inherits: true, grants: [] });
    expect(await waysTo(vera, id)).toEqual(CLOSED);
  });

  test('a document of the shared folder can be closed, opened to one person, and given over to be written', async () => {
    const id = await uploaded(box, tom, 'salary.txt', 'The cerulean salaries of all.');
    await whenDocument(box, tom, id, ['embedding', 'waiting_for_model', 'indexed']);
    expect(await waysTo(vera, id)).toEqual(OPEN);
    await share(tom, `documents/${id}`, { inherits: false, grants: [person(eva)] });
    expect(await waysTo(vera, id)).toEqual(CLOSED);
    expect(await waysTo(owner, id)).toEqual(CLOSED);
    expect(await finds(eva, 'cerulean')).toEqual([id]);
    expect((await box.request('PATCH', `/api/v1/documents/${id}`, { as: eva, body: { filename: 'wages.txt' } })).status).toBe(403);
    await share(tom, `documents/${id}`, { inherits: false, grants: [person(eva, 'write')] });
    expect(await box.request('PATCH', `/api/v1/documents/${id}`, { as: eva, body: { filename: '../wages.txt' } })).toMatchObject({
      status: 200,
      body: { filename: 'wages.txt' },
    });
    // Who may change it cannot open it to others by moving it.
    expect(await box.request('PATCH', `/api/v1/documents/${id}`, { as: eva, body: { folderId: shared.id } })).toMatchObject({ status: 403 });
    expect((await share(tom, `documents/${id}`, { inherits: false, grants: [person({ ...eva, id: shared.id })] })).status).toBe(422);
  });

  test('what came in an e-mail is seen by those who may see the e-mail, and by nobody else after a change', async () => {
    const mail = offer('magenta');
    const id = await uploaded(box, tom, 'offer.eml', mail);
    const inside = await waitFor(
      async () => (await box.request('GET', `/api/v1/documents?parentId=${id}`, { as: tom })).body.items[0]?.id as string | undefined,
      { what: 'the attachment' },
    );
    expect((await waysTo(eva, inside))[0]).toBe(200);
    await share(tom, `documents/${id}`, { inherits: false, grants: [person(vera)] });
    expect((await waysTo(eva, inside))[0]).toBe(404);
    expect((await waysTo(vera, inside))[0]).toBe(200);
    await share(tom, `documents/${id}`, { inherits: false, grants: [] });
    expect((await waysTo(vera, inside))[0]).toBe(404);
    await box.request('PATCH', `/api/v1/documents/${id}`, { as: tom, body: { folderId: tomsOwn.id } });
    expect((await box.request('GET', `/api/v1/documents/${inside}`, { as: tom })).body.folderId).toBe(tomsOwn.id);
  });

  test('what came in an e-mail that is deleted goes over to who else has it, and is closed to those who saw the first', async () => {
    const first = await uploaded(box, tom, 'first.eml', offer('teal'));
    const inside = await waitFor(
      async () => (await box.request('GET', `/api/v1/documents?parentId=${first}`, { as: tom })).body.items[0]?.id as string | undefined,
      { what: 'the attachment' },
    );
    await share(tom, `documents/${first}`, { inherits: true, grants: [person(vera)] });
    const evasOwn = (await folders(eva)).find(({ kind }) => kind === 'private')!;
    const second = await box.request('POST', `/api/v1/documents?filename=second.eml&folderId=${evasOwn.id}`, { as: eva, body: offer('teal') });
    expect(second.status).toBe(201);
    expect((await box.request('DELETE', `/api/v1/documents/${first}`, { as: tom })).status).toBe(204);
    expect(await waysTo(eva, inside)).toEqual(OPEN);
    for (const other of [tom, vera, owner]) expect(await waysTo(other, inside)).toEqual(CLOSED);
  });

  test('explain says the same as the box does, for every document and person, and why', async () => {
    const { rows } = await listAll();
    expect(rows.length).toBeGreaterThan(2);
    for (const { id } of rows) {
      const { body } = await box.request('GET', `/api/v1/access/explain?documentId=${id}`, { as: owner });
      const explanation = body as AccessExplanation;
      for (const who of [owner, tom, eva, vera]) {
        const told = explanation.people.find((each) => each.id === who.id)!;
        expect({ who: who.username, open: told.reasons.length > 0 }).toEqual({ who: who.username, open: (await waysTo(who, id))[0] === 200 });
      }
      const passage = (await box.request('GET', `/api/v1/documents/${id}/passages`, { as: tom })).body.items?.[0];
      if (passage === undefined) continue;
      expect((await box.request('GET', `/api/v1/access/explain?passageId=${passage.id}`, { as: owner })).body).toEqual(explanation);
    }
    const closed = rows.find(({ filename }) => filename === 'wages.txt')!;
    const { people, changes, document } = (await box.request('GET', `/api/v1/access/explain?documentId=${closed.id}`, { as: owner })).body as AccessExplanation;
    expect(document).toMatchObject({ filename: 'wages.txt', inherits: false, folders: [{ name: 'Shared' }], hidden: null });
    expect(people.find(({ id }) => id === eva.id)!.reasons).toEqual([{ by: 'grant', level: 'write', folderName: null, groupName: null, everyone: false }]);
    expect(people.find(({ id }) => id === tom.id)!.reasons).toMatchObject([{ by: 'document_owner' }]);
    expect(people.find(({ id }) => id === vera.id)!.reasons).toEqual([]);
    expect(changes.map(({ action, actor }) => [action, actor])).toEqual([
      ['access.changed', tom.username],
      ['access.changed', tom.username],
    ]);
    expect((await box.request('GET', `/api/v1/access/explain?documentId=${closed.id}`, { as: tom })).status).toBe(403);
    expect((await box.request('GET', '/api/v1/access/explain', { as: owner })).status).toBe(422);
  });

  test('who removes an account gets what it owned; nothing is closed to all', async () => {
    const leaving = await box.user('user');
    const own = (await folders(leaving)).find(({ kind }) => kind === 'private')!;
    const id = await put(leaving, own.id, 'handover.txt', 'The vermilion handover.');
    expect(await waysTo(owner, id)).toEqual(CLOSED);
    expect((await box.request('DELETE', `/api/v1/users/${leaving.id}`, { as: owner })).status).toBe(204);
    expect(await waysTo(owner, id)).toEqual(OPEN);
    expect(await waysTo(tom, id)).toEqual(CLOSED);
    expect(await finds(owner, 'vermilion')).toEqual([id]);
    const handed = (await folders(owner)).find((each) => each.id === own.id)!;
    expect(handed).toMatchObject({ kind: 'folder', name: leaving.username, documents: 1 });
  });
});

const listAll = async (): Promise<{ rows: { id: string; filename: string }[] }> => ({
  rows: await box.database.db.selectFrom('documents').select(['id', 'filename']).where('owner_id', 'is not', null).where('deleted_at', 'is', null).execute(),
});

describe('the list', () => {
  test('documents are listed by a folder itself, or with all below it that is open to the reader', async () => {
    const top = await makeFolder(tom, shared.id, 'Tiers');
    const below = await makeFolder(tom, top.id, 'Lower');
    const upper = await put(tom, top.id, 'upper-tier.txt', 'The upper tier.');
    const lower = await put(tom, below.id, 'lower-tier.txt', 'The lower tier.');
    const listed = async (as: Person, more = ''): Promise<string[]> => {
      const { body } = await box.request('GET', `/api/v1/documents?folderId=${top.id}&q=tier&sort=name${more}`, { as });
      return body.items.map(({ id }: { id: string }) => id);
    };
    expect(await listed(tom)).toEqual([upper]);
    expect(await listed(tom, '&below=true')).toEqual([lower, upper]);
    await share(tom, `folders/${below.id}`, { inherits: false, grants: [] });
    expect(await listed(eva, '&below=true')).toEqual([upper]);
  });
});

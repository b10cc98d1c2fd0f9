import { createHash, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { createPostgresSource, createRetriever, type EmbedQuery, type Retriever } from '#retrieval';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const MODEL = 'test-model';
const vector = Float32Array.from([1, 0]);
const embedQuery: EmbedQuery = async (texts) => ({ model: MODEL, vectors: texts.map(() => vector) });

let database: TestDatabase;
let retriever: Retriever;
/** Two people of the default workspace, and one of another. */
let people: { userId: number; workspaceId: string }[];
let groups: string[];

const addPerson = async (username: string, workspaceId: string) => {
  const { id } = await database.db
    .insertInto('admin_users')
    .values({ username, password_hash: 'x', workspace_id: workspaceId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { userId: id, workspaceId };
};

const addDocument = async (workspaceId: string, ownerId: number | null, text: string, rest: object = {}): Promise<string> => {
  const id = randomUUID();
  await database.db
    .insertInto('documents')
    .values({
      id,
      workspace_id: workspaceId,
      owner_id: ownerId,
      filename: `${id}.txt`,
      original_name: 'x',
      mime_type: 'text/plain',
      size_bytes: 1,
      sha256: 'a'.repeat(64),
      minio_path: id,
      ...rest,
    })
    .execute();
  const { id: chunkId } = await database.db
    .insertInto('document_chunks')
    .values({
      workspace_id: workspaceId,
      document_id: id,
      chunk_index: 0,
      content: text,
      content_hash: createHash('sha256').update(id).digest('hex'),
      language: 'en',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await database.db
    .insertInto('document_embeddings')
    .values({ chunk_id: chunkId, model: MODEL, vector: Buffer.from(vector.buffer) })
    .execute();
  return id;
};

beforeAll(async () => {
  database = await createTestDatabase();
  const other = await database.db.insertInto('workspaces').values({ name: 'other' }).returning('id').executeTakeFirstOrThrow();
  people = [await addPerson('mara', WORKSPACE), await addPerson('tom', WORKSPACE), await addPerson('eva', other.id)];
  const made = await database.db
    .insertInto('user_groups')
    .values([{ name: 'sales' }, { name: 'board' }])
    .returning('id')
    .execute();
  groups = made.map(({ id }) => id);
  retriever = createRetriever({ source: createPostgresSource({ db: database.db, notifier: database.notifier() }), embedQuery, log: silentLogger });
  await database.notifier().ready();
});
afterAll(async () => {
  await retriever.close();
  await database.remove();
});

/** Who may read what, told apart from the product's SQL: the rule in plain words, over rows read whole. */
const expected = async (reader: { userId: number; workspaceId: string }): Promise<Set<string>> => {
  const [folders, documents, grants, members] = await Promise.all([
    database.db.selectFrom('folders').selectAll().execute(),
    database.db.selectFrom('documents').selectAll().execute(),
    database.db.selectFrom('access_grants').selectAll().execute(),
    database.db.selectFrom('user_group_members').selectAll().execute(),
  ]);
  const mine = (grant: (typeof grants)[number]): boolean =>
    grant.workspace_id === reader.workspaceId &&
    (grant.everyone || grant.user_id === reader.userId || members.some((each) => each.user_id === reader.userId && each.group_id === grant.group_id));
  const folderOpen = (id: string | null): boolean => {
    const folder = folders.find((each) => each.id === id);
    if (folder?.workspace_id !== reader.workspaceId) return false;
    if (folder.owner_id === reader.userId || grants.some((grant) => grant.folder_id === id && mine(grant))) return true;
    return folder.inherits && folderOpen(folder.parent_id);
  };
  const open = documents.filter(
    (each) =>
      each.workspace_id === reader.workspaceId &&
      (each.owner_id === reader.userId ||
        grants.some((grant) => grant.document_id === each.id && mine(grant)) ||
        (each.inherits && folderOpen(each.folder_id))),
  );
  return new Set(open.map(({ id }) => id));
};

const found = async (reader: { userId: number; workspaceId: string }, rest: object = {}): Promise<Set<string>> => {
  const { items } = await retriever.search({ reader, query: 'zeppelin', limit: 200, ...rest });
  return new Set(items.map(({ documentId }) => documentId));
};

describe('M12 who may see what, in the retriever', () => {
  test('S16 no sequence of grants, revocations, moves and changes of groups ever lets a passage reach a person without access, or keeps one from a person with it', async () => {
    const step = fc.record({
      do: fc.constantFrom('grant', 'revoke', 'move', 'own', 'close', 'join', 'leave', 'nest', 'closeFolder'),
      node: fc.nat(),
      to: fc.nat(),
      who: fc.nat(),
    });
    const private_ = await database.db.selectFrom('folders').select(['id', 'workspace_id']).where('kind', '=', 'private').orderBy('owner_id').execute();
    const shared = await database.db
      .selectFrom('folders')
      .select('id')
      .where('kind', '=', 'shared')
      .where('workspace_id', '=', WORKSPACE)
      .executeTakeFirstOrThrow();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await database.db.deleteFrom('documents').execute();
        await database.db
          .deleteFrom('access_grants')
          .where('folder_id', 'in', (eb) => eb.selectFrom('folders').select('id').where('kind', '<>', 'shared'))
          .execute();
        await database.db.deleteFrom('user_group_members').execute();
        await database.db
          .deleteFrom('folders')
          .where('kind', '=', 'folder')
          .where('parent_id', 'in', (eb) => eb.selectFrom('folders').select('id').where('kind', '=', 'folder'))
          .execute();
        await database.db.deleteFrom('folders').where('kind', '=', 'folder').execute();
        const add = (parent: string, name: string) =>
          database.db
            .insertInto('folders')
            .values({ parent_id: parent, name })
            .returning('id')
            .executeTakeFirstOrThrow()
            .then(({ id }) => id);
        const plans = await add(shared.id, 'plans');
        const folders = [shared.id, private_[0]!.id, private_[1]!.id, plans, await add(plans, 'secret')];
        const documents = await Promise.all([
          addDocument(WORKSPACE, people[0]!.userId, 'A zeppelin in the shared folder.', { folder_id: shared.id }),
          addDocument(WORKSPACE, people[0]!.userId, 'A zeppelin of Mara alone.', { folder_id: private_[0]!.id }),
          addDocument(WORKSPACE, null, 'A zeppelin in the plans.', { folder_id: folders[4] }),
          addDocument(people[2]!.workspaceId, people[2]!.userId, 'A zeppelin of another workspace.'),
        ]);
        await Promise.all(documents.map((id) => retriever.refresh(id)));
        const grantee = (n: number) =>
          [{ everyone: true }, { group_id: groups[0]! }, { group_id: groups[1]! }, { user_id: people[0]!.userId }, { user_id: people[1]!.userId }][n % 5]!;
        for (const { do: act, node, to, who } of steps) {
          const onDocument = node % 2 === 0;
          const target = onDocument ? { document_id: documents[node % 3]! } : { folder_id: folders[1 + (node % 4)]! };
          const { db } = database;
          if (act === 'grant')
            await db
              .insertInto('access_grants')
              .values({ ...target, ...grantee(who), level: to % 2 === 0 ? 'read' : 'write' })
              .onConflict((each) => each.doNothing())
              .execute();
          else if (act === 'revoke') {
            const [column, id] = Object.entries(target)[0]!;
            await db
              .deleteFrom('access_grants')
              .where(column as 'document_id', '=', id)
              .execute();
          } else if (act === 'move')
            await db
              .updateTable('documents')
              .set({ folder_id: folders[to % 5]! })
              .where('id', '=', documents[node % 3]!)
              .execute();
          else if (act === 'own')
            await db
              .updateTable('documents')
              .set({ owner_id: people[who % 2]!.userId })
              .where('id', '=', documents[node % 3]!)
              .execute();
          else if (act === 'close')
            await db
              .updateTable('documents')
              .set({ inherits: to % 2 === 0 })
              .where('id', '=', documents[node % 3]!)
              .execute();
          else if (act === 'join')
            await db
              .insertInto('user_group_members')
              .values({ group_id: groups[to % 2]!, user_id: people[who % 2]!.userId })
              .onConflict((each) => each.doNothing())
              .execute();
          else if (act === 'leave')
            await db
              .deleteFrom('user_group_members')
              .where('user_id', '=', people[who % 2]!.userId)
              .execute();
          else if (act === 'nest')
            await db
              .updateTable('folders')
              .set({ parent_id: folders[to % 3]! })
              .where('id', '=', folders[4]!)
              .execute();
          else
            await db
              .updateTable('folders')
              .set({ inherits: to % 2 === 0 })
              .where('id', '=', folders[3 + (node % 2)]!)
              .execute();

          // At once, whatever the index knows already: nothing that is closed.
          for (const person of people) {
            const open = await expected(person);
            for (const id of await found(person)) expect(open).toContain(id);
          }
        }
        // And once the index has heard of it: all that is open, too.
        await Promise.all(documents.map((id) => retriever.refresh(id)));
        for (const person of people) {
          expect(await found(person)).toEqual(await expected(person));
          expect(await found(person, { mode: 'words' })).toEqual(await expected(person));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test('a filter never lowers recall: who may read one document of many finds it whole', async () => {
    await database.db.deleteFrom('documents').execute();
    const [mara, tom] = people;
    const mine = await addDocument(WORKSPACE, tom!.userId, 'A zeppelin that nobody ranks first.', { inherits: false });
    const others = await Promise.all(
      Array.from({ length: 300 }, () => addDocument(WORKSPACE, mara!.userId, 'zeppelin zeppelin zeppelin', { inherits: false })),
    );
    await Promise.all([mine, ...others].map((id) => retriever.refresh(id)));
    expect(await found(tom!, { limit: 1 })).toEqual(new Set([mine]));
    expect(await found(tom!, { limit: 10, documentIds: [others[0]!] })).toEqual(new Set());
  }, 60_000);

  test('content that two people have is shown to each under their own document', async () => {
    await database.db.deleteFrom('documents').execute();
    const [mara, tom] = people;
    const source = await addDocument(WORKSPACE, mara!.userId, 'A zeppelin twice.', { inherits: false });
    const link = randomUUID();
    await database.db
      .insertInto('documents')
      .values({
        id: link,
        owner_id: tom!.userId,
        filename: 'mine.txt',
        original_name: 'x',
        mime_type: 'text/plain',
        size_bytes: 1,
        sha256: 'a'.repeat(64),
        minio_path: 'x',
        duplicate_of: source,
        inherits: false,
      })
      .execute();
    await retriever.refresh(source);
    expect(await found(mara!)).toEqual(new Set([source]));
    expect(await found(tom!)).toEqual(new Set([link]));
    expect(await found({ userId: people[2]!.userId, workspaceId: WORKSPACE })).toEqual(new Set());
  });
});

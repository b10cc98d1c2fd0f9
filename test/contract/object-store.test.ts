import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFsObjectStore, createS3ObjectStore, pathOf, s3Target, type ObjectStore } from '#clients';
import { isAppError } from '#kit';
import { S3_KEYS, startS3Double } from '../support/s3-double.ts';

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}
const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

interface Adapter {
  store: ObjectStore;
  /** Uploads that were begun and not ended. */
  leftovers(): Promise<number>;
  /** Takes all room away, or gives it back. */
  setFull(full: boolean): void;
  remove(): Promise<void>;
}

const adapters: Record<string, () => Promise<Adapter>> = {
  async 'file system'() {
    const folder = await mkdtemp(join(tmpdir(), 'arasul-objects-'));
    let full = false;
    return {
      store: await createFsObjectStore({ folder, reserveBytes: () => (full ? Number.MAX_SAFE_INTEGER : 0) }),
      leftovers: async () => (await readdir(join(folder, 'incoming'))).length,
      setFull: (value) => (full = value),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

/** One bucket seen from two machines: what one puts the other reads, so that no local copy stands in for the bucket. */
const bucketAdapter =
  (serve: () => Promise<{ url: string; keys: { accessKey: string; secretKey: string }; stop?: () => Promise<void> }>) => async (): Promise<Adapter> => {
    const server = await serve();
    const folders = await Promise.all(['here', 'there'].map((name) => mkdtemp(join(tmpdir(), `arasul-${name}-`))));
    let full = false;
    // A bucket and a folder of its own for each run: the server may be shared, and its keys may allow one bucket only.
    const { pathname } = new URL(server.url);
    const address = `${server.url.replace(/\/$/u, '')}${pathname === '/' ? '/arasul-contract' : ''}/run-${Date.now()}`;
    const open = (folder: string) =>
      createS3ObjectStore({ target: s3Target(address, server.keys), folder, reserveBytes: () => (full ? Number.MAX_SAFE_INTEGER : 0), partBytes: 5 * 2 ** 20 });
    const here = await open(folders[0]!);
    const there = await open(folders[1]!);
    const store: ObjectStore = {
      ...here,
      read: there.read,
      localFile: there.localFile,
      list: there.list,
      remove: async (path) => {
        await here.remove(path);
        await there.remove(path);
      },
    };
    return {
      store,
      leftovers: async () => (await readdir(join(folders[0]!, 'incoming'))).length,
      setFull: (value) => (full = value),
      async remove() {
        for await (const path of there.list({ olderThanMs: -60_000 })) await there.remove(path);
        await server.stop?.();
        await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
      },
    };
  };

adapters['bucket, a double'] = bucketAdapter(async () => ({ ...(await startS3Double()), keys: S3_KEYS }));
/** The keys of a server given by its URL: in the URL itself, in our variables, or in those that tools for S3 read. */
const keysOf = (url: URL): { accessKey: string; secretKey: string } => {
  const first = (...names: string[]): string => names.map((name) => process.env[name]).find((value) => value) ?? '';
  return {
    accessKey: decodeURIComponent(url.username) || first('ARASUL_TEST_S3_ACCESS_KEY', 'ARASUL_TEST_S3_ACCESS_KEY_ID', 'AWS_ACCESS_KEY_ID', 'ROOT_ACCESS_KEY'),
    secretKey:
      decodeURIComponent(url.password) || first('ARASUL_TEST_S3_SECRET_KEY', 'ARASUL_TEST_S3_SECRET_ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY', 'ROOT_SECRET_KEY'),
  };
};
if (process.env.ARASUL_TEST_S3_URL) {
  const url = new URL(process.env.ARASUL_TEST_S3_URL);
  const keys = keysOf(url);
  url.username = url.password = '';
  adapters[`bucket, ${url.href}`] = bucketAdapter(() => Promise.resolve({ url: url.href, keys }));
}

describe.each(Object.entries(adapters))('object store: %s', (_name, open) => {
  let adapter: Adapter;
  let store: ObjectStore;
  beforeAll(async () => {
    adapter = await open();
    store = adapter.store;
  });
  afterAll(() => adapter.remove());

  const put = async (content: string): Promise<string> => (await store.receive(chunks(content), { maxBytes: 1_000 })).keep();
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing',
      (error: unknown) => (isAppError(error) ? error.code : String(error)),
    );

  test('keeps content under its hash, whole and in ranges', async () => {
    const received = await store.receive(chunks('hello ', 'world'), { maxBytes: 100 });
    expect(received).toMatchObject({ sha256: hashOf('hello world'), sizeBytes: 11 });
    const path = await received.keep();
    expect(path).toBe(pathOf(hashOf('hello world')));
    expect(await text(await store.read(path))).toBe('hello world');
    expect(await text(await store.read(path, { start: 6, end: 8 }))).toBe('wor');
  });

  test('an object of several parts comes back whole, in ranges over their borders, and by its address where it has one', async () => {
    const part = 5 * 2 ** 20;
    const content = Buffer.alloc(2 * part + 1_234, 'arasul ');
    const whole = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(content);
    };
    const path = await (await store.receive(whole(), { maxBytes: content.length })).keep();
    expect((await buffer(await store.read(path))).equals(content)).toBe(true);
    expect((await buffer(await store.read(path, { start: part - 3, end: part + 3 }))).equals(content.subarray(part - 3, part + 4))).toBe(true);
    expect((await readFile(await store.localFile(path))).equals(content)).toBe(true);
    const disposition = `attachment; filename="a b.pdf"; filename*=UTF-8''a%20%C3%BC.pdf`;
    const link = await store.link(path, { forMs: 60_000, disposition, type: 'application/pdf' });
    if (link === null) return;
    const answer = await fetch(link);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-disposition': disposition, 'content-type': 'application/pdf' });
    expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true);
    expect((await fetch(link.replace('a%20b', 'evil'))).status, 'what is signed cannot be changed').not.toBe(200);
  });

  test('the same content twice is one object', async () => {
    expect(await put('twice')).toBe(await put('twice'));
    expect(await text(await store.read(await put('twice')))).toBe('twice');
  });

  test('what is discarded, too large or cut off leaves nothing', async () => {
    await (await store.receive(chunks('never mind'), { maxBytes: 100 })).discard();
    expect(await codeOf(store.receive(chunks('0123456789', 'x'), { maxBytes: 10 }))).toBe('document_too_large');
    const cut = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('the beginning');
      await Promise.resolve();
      throw new Error('the line broke');
    };
    expect(await codeOf(store.receive(cut(), { maxBytes: 100 }))).toBe('Error: the line broke');
    expect(await adapter.leftovers()).toBe(0);
    expect(await codeOf(store.read(pathOf(hashOf('never mind'))))).toBe('not_found');
  });

  test('a disk that is full before or in the middle refuses with the numbers and leaves nothing', async () => {
    adapter.setFull(true);
    expect(await codeOf(store.requireSpace(1))).toBe('disk_full');
    expect(await codeOf(store.receive(chunks('a'), { maxBytes: 100, expectedBytes: 1 }))).toBe('disk_full');
    adapter.setFull(false);
    await store.requireSpace(1);
    const megabyte = Buffer.alloc(2 ** 20);
    const filling = async function* (): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < 64; sent++) {
        if (sent === 20) adapter.setFull(true);
        yield await Promise.resolve(megabyte);
      }
    };
    const failure = await store.receive(filling(), { maxBytes: 2 ** 30 }).catch((error: unknown) => error);
    adapter.setFull(false);
    expect(failure).toMatchObject({ code: 'disk_full', details: { freeBytes: expect.any(Number), neededBytes: expect.any(Number) } });
    expect(await adapter.leftovers()).toBe(0);
  });

  test('removing is final and may be repeated', async () => {
    const path = await put('short-lived');
    await store.remove(path);
    await store.remove(path);
    expect(await codeOf(store.read(path))).toBe('not_found');
    expect(await codeOf(store.localFile(path))).toBe('not_found');
  });

  test('a path that leads out of the store is nothing', async () => {
    expect(await codeOf(store.read('../../etc/passwd'))).toBe('not_found');
    expect(await codeOf(store.localFile('/etc/passwd'))).toBe('not_found');
  });

  test('lists what is old enough', async () => {
    const path = await put('listed');
    const list = async (olderThanMs: number): Promise<string[]> => {
      const found = [];
      for await (const each of store.list({ olderThanMs })) found.push(each);
      return found;
    };
    expect(await list(-1_000)).toContain(path);
    expect(await list(3_600_000)).toEqual([]);
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3ObjectStore, s3Target, type ObjectStore } from '#clients';
import { S3_KEYS, startS3Double } from '../support/s3-double.ts';

const PART = 64 * 1024;

async function* chunks(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 10_000) yield await Promise.resolve(content.subarray(at, at + 10_000));
}

describe('object store: a bucket whose server fails', () => {
  let double: Awaited<ReturnType<typeof startS3Double>>;
  const folders: string[] = [];
  let here: ObjectStore;
  let elsewhere: ObjectStore;

  /** The same bucket from another machine, which has no copies. */
  const open = async (keys = S3_KEYS, idleMs = 30_000): Promise<ObjectStore> => {
    const folder = await mkdtemp(join(tmpdir(), 'arasul-bucket-'));
    folders.push(folder);
    return createS3ObjectStore({ target: s3Target(`${double.url}/faults/originals`, keys), folder, reserveBytes: () => 0, partBytes: PART, idleMs });
  };
  const put = async (content: Buffer, store = here): Promise<string> => (await store.receive(chunks(content), { maxBytes: 10 * 2 ** 20 })).keep();

  beforeAll(async () => {
    double = await startS3Double();
    here = await open();
    elsewhere = await open();
  });
  afterAll(async () => {
    await double.stop();
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  });

  test('a large object goes in parts, and comes back whole, in ranges and by a signed address', async () => {
    const content = randomBytes(3 * PART + 17);
    const path = await put(content);
    expect(double.requests.filter((request) => request.includes('partNumber='))).toHaveLength(4);
    expect(await buffer(await elsewhere.read(path))).toEqual(content);
    expect(await buffer(await elsewhere.read(path, { start: PART - 2, end: PART + 2 }))).toEqual(content.subarray(PART - 2, PART + 3));
    expect(await readFile(await elsewhere.localFile(path))).toEqual(content);
    const link = (await elsewhere.link(path, { forMs: 60_000 }))!;
    expect(Buffer.from(await (await fetch(link)).arrayBuffer())).toEqual(content);
    expect((await fetch(link.replace(/Signature=.{6}/u, 'Signature=000000'))).status).toBe(403);
  });

  test('errors that pass are waited out, in the middle of an upload in parts too', async () => {
    const content = randomBytes(2 * PART + 1);
    double.fail('error 503', 'POST', { query: 'uploads' });
    double.fail('error 500', 'PUT', { query: 'partNumber=2', times: 2 });
    const path = await put(content);
    double.fail('error 503', 'GET');
    expect(await buffer(await elsewhere.read(path))).toEqual(content);
  });

  test('a download that is cut goes on where it stopped', async () => {
    const content = randomBytes(50_000);
    const path = await put(content);
    double.fail('cut', 'GET', { times: 3 });
    expect(await buffer(await elsewhere.read(path))).toEqual(content);
  });

  test('an upload that cannot be ended says so, leaves no part, and works the next time', async () => {
    const content = randomBytes(2 * PART + 1);
    double.fail('error 500', 'PUT', { query: 'partNumber=3', times: 4 });
    await expect(put(content)).rejects.toMatchObject({ code: 'part_away', message: expect.stringContaining('object store at 127.0.0.1') });
    expect(double.uploads.size).toBe(0);
    await expect(elsewhere.read(await put(content)).then(buffer)).resolves.toEqual(content);
  });

  test('a server that hangs is given up on; what is kept here is still read', async () => {
    const hasty = await open(S3_KEYS, 150);
    const path = await put(Buffer.from('kept here'), hasty);
    double.fail('silence', 'HEAD', { times: 4 });
    await expect(put(Buffer.from('never arrives'), hasty)).rejects.toMatchObject({ code: 'part_away' });
    const asked = double.requests.length;
    expect(await text(await hasty.read(path))).toBe('kept here');
    expect(double.requests).toHaveLength(asked);
  });

  test('content that is not what its name says is refused', async () => {
    const path = await put(Buffer.from('the truth'));
    double.objects.set(`faults/originals/${path}`, { body: Buffer.from('something else'), changedAt: new Date() });
    await expect(elsewhere.localFile(path)).rejects.toMatchObject({ code: 'part_away', message: expect.stringContaining('something else') });
  });

  test('wrong keys are told once, without the keys', async () => {
    const failure = await open({ ...S3_KEYS, secretKey: 'wrong' } as unknown as typeof S3_KEYS).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'part_away', message: expect.stringContaining('ARASUL_S3_URL') });
    expect(String((failure as Error).message)).not.toContain('wrong');
  });
});

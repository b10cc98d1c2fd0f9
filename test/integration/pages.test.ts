import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compressFiles } from '../../scripts/build.mjs';
import { startBox, type Box } from '../support/box.ts';

const INDEX = `<!doctype html><title>Arasul</title>${'<p>words</p>'.repeat(200)}`;
const SCRIPT = `console.log("${'x'.repeat(3_000)}");`;

/** Without fetch's own decoding and path clean-up. */
const raw = (url: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }> =>
  new Promise((resolve, reject) => {
    httpRequest(url, { path, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, bytes: Buffer.concat(parts) }));
    })
      .on('error', reject)
      .end();
  });

describe('the dashboard’s files', () => {
  let box: Box;
  let publicDir: string;
  beforeAll(async () => {
    publicDir = await mkdtemp(join(tmpdir(), 'arasul-public-'));
    await mkdir(join(publicDir, 'assets'));
    await writeFile(join(publicDir, 'index.html'), INDEX);
    await writeFile(join(publicDir, 'assets/app-1a2b3c.js'), SCRIPT);
    await writeFile(join(publicDir, 'favicon.svg'), '<svg/>');
    await compressFiles(publicDir);
    box = await startBox({ publicDir });
  });
  afterAll(async () => {
    await box.stop();
    await rm(publicDir, { recursive: true });
  });

  test.each(['/', '/documents', '/chat/0190a0b0-0000-7000-8000-000000000000', '/index.html'])('%s is the dashboard', async (path) => {
    const answer = await box.request('GET', path);
    expect(answer).toMatchObject({ status: 200, body: INDEX });
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
  });

  test('a hashed file is compressed beforehand and kept by browsers for ever', async () => {
    const answer = await raw(box.url, '/assets/app-1a2b3c.js', { 'accept-encoding': 'gzip, br' });
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', 'content-type': 'text/javascript; charset=utf-8', vary: 'Accept-Encoding' });
    expect(answer.headers['cache-control']).toContain('immutable');
    expect(brotliDecompressSync(answer.bytes).toString()).toBe(SCRIPT);
  });

  test('a client without compression gets the plain file', async () => {
    const answer = await raw(box.url, '/assets/app-1a2b3c.js', { 'accept-encoding': 'br;q=0' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.bytes.toString()).toBe(SCRIPT);
  });

  test('an unchanged file is not sent twice', async () => {
    const etag = (await box.request('GET', '/')).headers.get('etag')!;
    const again = await box.request('GET', '/', { headers: { 'if-none-match': etag } });
    expect(again).toMatchObject({ status: 304, body: null });
  });

  test.each([
    '/assets/gone.js',
    '/../../etc/host.conf',
    '/..%2f..%2fetc%2fhost.conf',
    '/%2e%2e/%2e%2e/etc/passwd.txt',
    '/assets/app-1a2b3c.js.br',
    '/index.html%00.png',
  ])('%s is not there', async (path) => {
    const answer = await raw(box.url, path);
    expect(answer.bytes.toString()).not.toContain('multi');
    expect([404, 400]).toContain(answer.status);
  });

  test.each(['/api', '/api/v1/nothing', '/v1/nothing', '/health/nothing'])('%s is an error for a client, not a page', async (path) => {
    expect(await box.request('GET', path)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  });

  test('a page cannot be posted to', async () => {
    expect(await box.request('POST', '/documents', { body: {} })).toMatchObject({ status: 404 });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { S3_KEYS, startS3Double } from '../support/s3-double.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { prosePdf } from '../support/pdf.ts';

describe('originals', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
  });
  afterAll(() => box.stop());

  const content = (id: string, headers: Record<string, string> = {}, query = '') =>
    fetch(`${box.url}/api/v1/documents/${id}/content${query}`, { headers: { Authorization: `Bearer ${owner.token}`, ...headers } });

  test('come back byte for byte, in ranges too', async () => {
    const pdf = prosePdf(3);
    const id = await uploaded(box, owner, 'Prüfung “Q1”.pdf', pdf);
    const whole = await content(id);
    expect(whole.status).toBe(200);
    expect(Buffer.from(await whole.arrayBuffer()).equals(pdf)).toBe(true);
    expect(whole.headers.get('content-type')).toBe('application/pdf');
    expect(whole.headers.get('x-content-type-options')).toBe('nosniff');
    expect(whole.headers.get('content-disposition')).toBe(`inline; filename="Prufung Q1.pdf"; filename*=UTF-8''Pr%C3%BCfung%20%E2%80%9CQ1%E2%80%9D.pdf`);

    const part = await content(id, { Range: 'bytes=10-19' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${pdf.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(pdf.subarray(10, 20))).toBe(true);
    const tail = await content(id, { Range: 'bytes=-5' });
    expect(Buffer.from(await tail.arrayBuffer()).equals(pdf.subarray(-5))).toBe(true);
    const beyond = await content(id, { Range: `bytes=${pdf.length}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${pdf.length}`);
    const etag = whole.headers.get('etag')!;
    expect((await content(id, { 'If-None-Match': etag })).status).toBe(304);
    expect((await content(id, { Range: 'bytes=0-1', 'If-Range': '"other"' })).status).toBe(200);
    expect((await content(id, {}, '?download=true')).headers.get('content-disposition')).toMatch(/^attachment/u);
  });

  test('a web page with scripts can run nothing, and its scripts are in no passage', async () => {
    const page =
      '<!doctype html><html><head><title>Valves</title><script>steal()</script></head><body><nav>Home | About</nav><h1>Valves</h1><p onclick="steal()">Broken valves leak.</p><script>alert("leak")</script><style>p{color:red}</style><img src=x onerror="steal()"><p>Old valves rust.</p></body></html>';
    const id = await uploaded(box, owner, 'valves.html', page);
    const answer = await content(id);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment/u);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-security-policy')).toMatch(/sandbox; default-src 'none'/u);
    const indexing = await startIndexing(box);
    try {
      await whenDocument(box, owner, id, ['indexed']);
      const { items } = (await box.request('GET', `/api/v1/documents/${id}/passages`, { as: owner })).body;
      const text = items.map((item: { text: string }) => item.text).join(' ');
      expect(text).toContain('Broken valves leak.');
      expect(text).toContain('Old valves rust.');
      expect(text).not.toMatch(/steal|alert|color|About/u);
    } finally {
      await indexing.stop();
    }
  });

  test('plain text is shown as text, whatever it holds', async () => {
    const id = await uploaded(box, owner, 'looks.txt', 'Not a page: <script>alert(1)</script>');
    const answer = await content(id);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toMatch(/^inline/u);
  });

  test('lists page by key, search by name and filter by state', async () => {
    for (const name of ['list-c.txt', 'list-a.txt', 'list-b.txt']) await uploaded(box, owner, name, `the words of ${name}`);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await box.request('GET', `/api/v1/documents?q=LIST-&sort=name&limit=2${cursor && `&cursor=${cursor}`}`, { as: owner });
      expect(status).toBe(200);
      seen.push(...body.items.map((item: { filename: string }) => item.filename));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(['list-a.txt', 'list-b.txt', 'list-c.txt']);
    for (const sort of ['newest', 'oldest', 'size']) {
      const first = (await box.request('GET', `/api/v1/documents?sort=${sort}&limit=1`, { as: owner })).body;
      const rest = (await box.request('GET', `/api/v1/documents?sort=${sort}&limit=200&cursor=${first.nextCursor}`, { as: owner })).body;
      const all = (await box.request('GET', `/api/v1/documents?sort=${sort}&limit=200`, { as: owner })).body.items;
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(all.map(({ id }: { id: string }) => id));
    }
    const pending = (await box.request('GET', '/api/v1/documents?status=pending&q=list-', { as: owner })).body.items;
    expect(pending).toHaveLength(3);
    expect((await box.request('GET', '/api/v1/documents?cursor=nonsense', { as: owner })).status).toBe(422);
  });

  test('the product’s own documentation is a sample knowledge base, added once', async () => {
    const first = await box.request('POST', '/api/v1/documents/sample', { as: owner });
    expect(first.status).toBe(201);
    expect(first.body.items.map((item: { filename: string }) => item.filename)).toContain('Arasul – README.md');
    const count = (await box.rows('documents')).length;
    const again = await box.request('POST', '/api/v1/documents/sample', { as: owner });
    expect(again.body.items.map((item: { id: string }) => item.id)).toEqual(first.body.items.map((item: { id: string }) => item.id));
    expect(await box.rows('documents')).toHaveLength(count);
  });
});

describe('originals in S3', () => {
  test('pass through the box, until downloads are sent on to the store: then under their name, by an address that ends', async () => {
    const double = await startS3Double();
    const env = { ARASUL_S3_URL: `${double.url}/originals`, ARASUL_S3_ACCESS_KEY: S3_KEYS.accessKey, ARASUL_S3_SECRET_KEY: S3_KEYS.secretKey };
    const box = await startBox({ env });
    try {
      const owner = await box.owner();
      const id = await uploaded(box, owner, 'Grüße.txt', 'Good day from Sandvik.');
      const download = (query: string, as?: Person) => box.request('GET', `/api/v1/documents/${id}/content${query}`, as === undefined ? {} : { as });
      expect(await download('?download=true', owner)).toMatchObject({ status: 200, body: 'Good day from Sandvik.' });
      await box.request('PATCH', '/api/v1/settings', { as: owner, body: { documents: { directDownloads: 'on' } } });
      const sent = await download('?download=true', owner);
      expect(sent.status).toBe(302);
      expect(sent.headers.get('cache-control')).toBe('no-store');
      const link = new URL(sent.headers.get('location')!);
      expect(link.origin).toBe(double.url);
      expect(Number(link.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(60);
      const answer = await fetch(link);
      expect(await answer.text()).toBe('Good day from Sandvik.');
      expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt");
      // What is shown in the viewer still comes from the box, with its own headers; and nobody gets an address who may not read.
      expect((await download('', owner)).status).toBe(200);
      expect((await download('?download=true')).status).toBe(401);
    } finally {
      await box.stop();
      await double.stop();
    }
  });
});

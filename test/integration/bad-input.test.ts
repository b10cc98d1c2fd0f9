import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorBody, errorKinds, type ErrorCode } from '#contracts';
import { startBox, type Answer, type Box, type Person } from '../support/box.ts';
import { servedRoutes, statusOf, type ServedRoute } from '../support/routes.ts';
import { sampleOf, withOneChanged } from '../support/samples.ts';

const WAITS_MS = 5_000;

let box: Box;
let owner: Person;
let withBody: ServedRoute[];
beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  withBody = servedRoutes(box).filter(({ body }) => body !== undefined);
});
afterAll(() => box.stop());

const send = (route: ServedRoute, body: BodyInit | undefined, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> =>
  box.request(route.method.toUpperCase(), route.address, { as: owner, body, headers });

/** Every route's answer that is not an orderly refusal with one of `statuses`. */
const disorderly = async (statuses: number[], ask: (route: ServedRoute) => Promise<Answer>): Promise<string[]> => {
  const found: string[] = [];
  for (const route of withBody) {
    const { status, body } = await ask(route);
    const code = errorBody.safeParse(body).data?.error.code as ErrorCode | undefined;
    if (!statuses.includes(status) || code === undefined || errorKinds[code].status !== status) found.push(`${route.title}: ${status} ${JSON.stringify(body)}`);
  }
  return found;
};

describe('every route with a body', () => {
  test('there are such routes', () => {
    expect(withBody.length).toBeGreaterThan(10);
  });

  test.each(['{', '{"a":', "{'a':1}", 'null and void', '{"a":1}}', '\u0000'])('%j is not JSON: 400', async (text) => {
    expect(await disorderly([400], (route) => send(route, text))).toEqual([]);
  });

  test.each(['"text"', '7', 'true'])('%s is JSON, but no object: 400 or 422', async (text) => {
    expect(await disorderly([400, 422], (route) => send(route, text))).toEqual([]);
  });

  test('an array is no object: 422', async () => {
    expect(await disorderly([422], (route) => send(route, '[1]'))).toEqual([]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x'])('%s is not taken: 415', async (type) => {
    expect(await disorderly([415], (route) => send(route, 'a=1', { 'content-type': type }))).toEqual([]);
  });

  test.each([
    ['another character set', { 'content-type': 'application/json; charset=latin9' }],
    ['an unknown encoding', { 'content-type': 'application/json', 'content-encoding': 'snappy' }],
  ])('%s is not taken: 415', async (_, headers) => {
    expect(await disorderly([415], (route) => send(route, '{}', headers))).toEqual([]);
  });

  test('a body that says gzip and is not: 400', async () => {
    expect(await disorderly([400], (route) => send(route, '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }))).toEqual([]);
  });

  test('two megabytes, plain or as a small gzip: 413', async () => {
    const large = JSON.stringify({ content: 'x'.repeat(2_000_000) });
    expect(await disorderly([413], (route) => send(route, large))).toEqual([]);
    expect(await disorderly([413], (route) => send(route, gzipSync(large), { 'content-type': 'application/json', 'content-encoding': 'gzip' }))).toEqual([]);
  });

  test('100,000 arrays in one another are refused or ignored, and the box goes on', async () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    for (const route of withBody) expect((await send(route, deep)).status, route.title).toBeLessThan(500);
    expect(await box.request('GET', '/health/live')).toMatchObject({ status: 200 });
  });

  test('a name that programs use is not one of ours', async () => {
    for (const route of withBody)
      expect((await send(route, '{"__proto__":{"role":"owner"},"constructor":{"prototype":{"a":1}}}')).status, route.title).toBeLessThan(500);
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  test('each part in turn as what it is not: never a failure of ours', async () => {
    const strange = [null, [], {}, '', ' ', 'a\u0000b', '\ud800', 'x'.repeat(70_000), -1, 1.5, 1e308, '9'.repeat(40), true];
    const failed: string[] = [];
    for (const route of withBody) {
      const good = sampleOf(route.body!);
      await Promise.all(
        strange
          .flatMap((value) => withOneChanged(good, value))
          .map(async (body) => {
            const status = await statusOf(`${box.url}${route.address}`, {
              method: route.method.toUpperCase(),
              headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
              body: JSON.stringify(body),
              signal: AbortSignal.timeout(WAITS_MS),
            }).catch((error: unknown) => {
              // What is in order may wait in line for the model; that is no failure.
              if (error instanceof DOMException && error.name === 'TimeoutError') return 0;
              throw error;
            });
            if (status === 500) failed.push(`${route.title} ${JSON.stringify(body).slice(0, 200)}: ${status}`);
          }),
      );
      expect((await box.request('GET', '/api/v1/auth/me', { as: owner })).status, `after ${route.title}`).toBe(200);
    }
    expect(failed).toEqual([]);
  }, 300_000);
});

describe('addresses', () => {
  test.each([
    '%00',
    '..%2f..%2fetc%2fpasswd',
    '%ff',
    '%',
    'a%0d%0ab',
    "';drop table documents;--",
    'x'.repeat(5_000),
    '💥',
    '00000000-0000-0000-0000-000000000000',
  ])('%s names nothing, on every route', async (name) => {
    const failed: string[] = [];
    for (const route of servedRoutes(box).filter(({ params }) => params !== undefined)) {
      const address = route.title.split(' ')[1]!.replace(/:\w+|\*\w+/g, () => name);
      const status = await statusOf(`${box.url}${address}`, {
        method: route.method.toUpperCase(),
        headers: { authorization: `Bearer ${owner.token}`, 'content-type': 'application/json' },
        body: route.body ? JSON.stringify(sampleOf(route.body)) : undefined,
      });
      if (![400, 404, 409, 422].includes(status)) failed.push(`${route.title}: ${status}`);
    }
    expect(failed).toEqual([]);
  });

  test.each([
    'limit=0',
    'limit=-1',
    'limit=abc',
    'limit=1e9',
    'limit=1&limit=2',
    'cursor=%00',
    'cursor=eyJhIjoxfQ',
    'cursor=WzEsMl0',
    'cursor=WyJ4IiwieCJd',
    'q=%00',
    `q=${'x'.repeat(3_000)}`,
    'from=yesterday',
    'to[]=1',
    'sort=nothing',
  ])('every list with ?%s: an answer or a refusal, never a failure', async (query) => {
    const failed: string[] = [];
    for (const route of servedRoutes(box).filter(({ method, query: schema }) => method === 'get' && schema !== undefined)) {
      const status = await statusOf(`${box.url}${route.address}?${query}`, { headers: { authorization: `Bearer ${owner.token}` } });
      if (status >= 500) failed.push(`${route.title}: ${status}`);
    }
    expect(failed).toEqual([]);
  });
});

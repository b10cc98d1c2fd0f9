import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box } from '../support/box.ts';

interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  components: { schemas: Record<string, unknown> };
}

describe('the API describes itself', () => {
  let box: Box;
  let api: Document;
  let text: string;
  beforeAll(async () => {
    box = await startBox();
    api = (await box.request('GET', '/api/v1/openapi.json')).body;
    text = JSON.stringify(api, null, 2);
  });
  afterAll(() => box.stop());

  test('docs/openapi.json is what the routes are (after a change: npx vitest run test/integration/api-docs.test.ts -u)', async () => {
    await expect(`${text}\n`).toMatchFileSnapshot('../../docs/openapi.json');
  });

  test('every route is in it, once', () => {
    const described = Object.entries(api.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    const served = Object.entries(box.routes).flatMap(([prefix, routes]) =>
      routes.map(({ method, path }) => `${method} ${prefix === '/' ? '' : prefix}${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    expect(described.sort()).toEqual(served.sort());
    const ids = Object.values(api.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every reference leads somewhere', () => {
    const names = [...text.matchAll(/"\$ref": "#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !(name in api.components.schemas))).toEqual([]);
    expect(text).not.toContain('$defs');
  });

  test('the page names every route and needs nothing from elsewhere', async () => {
    const page = await box.request('GET', '/api/docs');
    expect(page.status).toBe(200);
    for (const path of Object.keys(api.paths)) expect(page.body).toContain(`<code>${path}</code>`);
    expect(page.body).not.toMatch(/<script|src=|@import|url\(|https?:\/\//);
  });
});

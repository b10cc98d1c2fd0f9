import { describe, expect, test } from 'vitest';
import { route } from './route.ts';
import { createRouteTable } from './table.ts';

const at = (method: 'get' | 'post', path: string) => route({ method, path, auth: 'anyone', summary: path, handle: () => undefined });
const table = createRouteTable({
  '/api': [at('get', '/things'), at('get', '/things/:id'), at('get', '/things/special'), at('post', '/things/:id/parts/:part')],
  '/': [at('get', '/health')],
});

describe('finding a route', () => {
  test.each([
    ['GET', '/api/things', '/things', {}],
    ['HEAD', '/api/things', '/things', {}],
    ['GET', '/api/things/', '/things', {}],
    ['GET', '/api/things/7', '/things/:id', { id: '7' }],
    ['GET', '/api/things/a%2Fb%20c', '/things/:id', { id: 'a/b c' }],
    ['GET', '/api/things/special', '/things/special', {}],
    ['POST', '/api/things/7/parts/8', '/things/:id/parts/:part', { id: '7', part: '8' }],
    ['GET', '/health', '/health', {}],
  ])('%s %s is %s', (method, path, summary, params) => {
    expect(table.find(method, path)).toMatchObject({ route: { summary }, params });
  });

  test.each([
    ['POST', '/api/things'],
    ['GET', '/api'],
    ['GET', '/'],
    ['GET', ''],
    ['GET', '/api/things//'],
    ['GET', '/api/things/7/8'],
    ['POST', '/api/things//parts/8'],
  ])('%s %s is nothing', (method, path) => {
    expect(table.find(method, path)).toBeNull();
  });

  test('a segment that is not text is refused', () => {
    expect(() => table.find('GET', '/api/things/%ff')).toThrow(URIError);
  });

  test('a route that is declared twice, or in a way that is not understood, is an error at the start', () => {
    expect(() => createRouteTable({ '/': [at('get', '/a'), at('get', '/a')] })).toThrow('declared twice');
    expect(() => createRouteTable({ '/': [at('get', '/a/*rest')] })).toThrow('fixed segments');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiKeyScopes, roles, type Role } from '#contracts';
import { roleAllows } from '../../services/dashboard-backend/http/index.ts';
import { PASSWORD, startBox, type Box, type Person } from '../support/box.ts';
import { servedRoutes, statusOf, type ServedRoute } from '../support/routes.ts';

let box: Box;
let routes: ServedRoute[];
const people = new Map<Role, Person>();
/** Accounts whose sessions may be ended by what is asked. */
const spares = new Map<Role, Person>();

beforeAll(async () => {
  box = await startBox();
  routes = servedRoutes(box);
  people.set('owner', await box.owner());
  for (const role of ['viewer', 'user', 'admin'] as const) people.set(role, await box.user(role));
  for (const role of ['viewer', 'user', 'admin'] as const) spares.set(role, await box.user(role));
  const spareOwner = await box.user('admin');
  await box.database.db.updateTable('admin_users').set({ role: 'owner' }).where('uid', '=', spareOwner.id).execute();
  spares.set('owner', spareOwner);
});
afterAll(() => box.stop());

const tokenOf = async (role: Role, route: ServedRoute): Promise<string> => {
  if (!route.title.includes('/auth/')) return people.get(role)!.token;
  return (await box.login(spares.get(role)!.username, PASSWORD)).body.accessToken;
};

const ask = (route: ServedRoute, headers: Record<string, string>) =>
  statusOf(`${box.url}${route.address}`, {
    method: route.method.toUpperCase(),
    headers: { ...headers, ...(route.body ? { 'content-type': 'application/json' } : {}) },
    body: route.body ? '{}' : undefined,
  });

const verdict = (status: number): string =>
  status === 401 ? 'no identity' : status === 403 ? 'not allowed' : status >= 500 && status !== 503 ? `failed with ${status}` : 'allowed';

/** Asks every route and returns those that were judged otherwise than `expected` says. */
const judge = async (
  expected: (route: ServedRoute) => string,
  headersFor: (route: ServedRoute) => Promise<Record<string, string>>,
  which = routes,
): Promise<string[]> => {
  const wrong: string[] = [];
  for (const route of which) {
    const got = verdict(await ask(route, await headersFor(route)));
    if (got !== expected(route)) wrong.push(`${route.title}: ${got}, not ${expected(route)}`);
  }
  return wrong;
};

const isOpen = ({ auth }: ServedRoute): boolean => auth === 'anyone' || auth === 'local';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('every route x everybody', () => {
  test('there are routes to judge', () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(new Set(routes.map(({ title }) => title)).size).toBe(routes.length);
  });

  test('these and no others are open without identity', () => {
    expect(
      routes
        .filter(isOpen)
        .map(({ title }) => title)
        .sort(),
    ).toEqual([
      'GET /api/docs',
      'GET /api/v1/openapi.json',
      'GET /api/v1/setup',
      'GET /api/v1/setup/restore',
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'POST /api/v1/auth/login',
      'POST /api/v1/setup',
      'POST /api/v1/setup/restore',
    ]);
  });

  test('guests', async () => {
    expect(
      await judge(
        (route) => (isOpen(route) ? 'allowed' : 'no identity'),
        async () => ({}),
      ),
    ).toEqual([]);
  });

  test.each(roles)('the role %s', async (role) => {
    const expected = (route: ServedRoute) => (isOpen(route) || roleAllows(role, route.auth as Role) ? 'allowed' : 'not allowed');
    expect(await judge(expected, async (route) => bearer(await tokenOf(role, route)))).toEqual([]);
  });

  test('an ended session: credentials that are sent must hold, also on this machine', async () => {
    const token = (await box.login(people.get('owner')!.username, PASSWORD)).body.accessToken as string;
    await box.request('POST', '/api/v1/auth/logout', { as: token });
    const expected = ({ auth }: ServedRoute) => (auth === 'anyone' ? 'allowed' : 'no identity');
    expect(await judge(expected, async () => bearer(token))).toEqual([]);
  });

  test('a key with the route’s own scope alone', async () => {
    const keys = new Map<string, string>();
    for (const scope of apiKeyScopes) keys.set(scope, await box.key(people.get('owner')!, [scope]));
    const scoped = routes.filter(({ scope }) => scope !== undefined);
    expect(
      await judge(
        () => 'allowed',
        async ({ scope }) => bearer(keys.get(scope!)!),
        scoped,
      ),
    ).toEqual([]);
  });

  test('a key with every scope but the route’s own', async () => {
    const keys = new Map<string, string>();
    for (const scope of apiKeyScopes)
      keys.set(
        scope,
        await box.key(
          people.get('owner')!,
          apiKeyScopes.filter((other) => other !== scope),
        ),
      );
    expect(
      await judge(
        (route) => (isOpen(route) ? 'allowed' : 'not allowed'),
        async ({ scope }) => bearer(keys.get(scope ?? 'admin')!),
      ),
    ).toEqual([]);
  });

  test('a key does no more than its owner', async () => {
    const key = await box.key(people.get('user')!, ['chat', 'documents:read', 'documents:write', 'search']);
    const above = routes.filter(({ auth }) => auth === 'admin' || auth === 'owner');
    expect(
      await judge(
        () => 'not allowed',
        async () => bearer(key),
        above,
      ),
    ).toEqual([]);
  });

  test('a browser’s session without the protection token cannot write', async () => {
    const writing = routes.filter((route) => route.method !== 'get' && !isOpen(route));
    expect(
      await judge(
        () => 'not allowed',
        async () => ({ cookie: `arasul_session=${people.get('owner')!.token}` }),
        writing,
      ),
    ).toEqual([]);
  });

  test('what is for this machine is closed behind a proxy', async () => {
    const local = routes.filter(({ auth }) => auth === 'local');
    expect(
      await judge(
        () => 'no identity',
        async () => ({ 'x-forwarded-for': '203.0.113.7' }),
        local,
      ),
    ).toEqual([]);
  });

  test('a person whose password is due changes it before anything else', async () => {
    const person = await box.user('admin');
    const { body } = await box.request('PATCH', `/api/v1/users/${person.id}`, { as: people.get('owner')!, body: { resetPassword: true } });
    const fresh = async () => bearer((await box.login(person.username, body.initialPassword)).body.accessToken as string);
    const closed = routes.filter((route) => !isOpen(route));
    expect(await judge((route) => (route.duringPasswordChange ? 'allowed' : 'not allowed'), fresh, closed)).toEqual([]);
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '#contracts';
import { PASSWORD, startBox, type Box } from '../support/box.ts';

const refused = (status: number, code: string) => ({ status, body: { error: { code } } });

let box: Box;
beforeAll(async () => {
  box = await startBox();
  await box.owner();
});
afterAll(() => box.stop());

describe('accounts', () => {
  const change = async (as: { token: string }, id: string, body: object) => box.request('PATCH', `/api/v1/users/${id}`, { as: as.token, body });

  test('an account without a password gets one that is shown once', async () => {
    const made = await box.request('POST', '/api/v1/users', { as: await box.owner(), body: { username: 'anna', role: 'user' } });
    expect(made).toMatchObject({ status: 201, body: { user: { username: 'anna', mustChangePassword: true } } });
    expect(await box.login('anna', made.body.initialPassword)).toMatchObject({ status: 200 });
    expect(await box.login('ANNA', made.body.initialPassword)).toMatchObject({ status: 200 });
    expect(JSON.stringify(await box.rows('audit_log'))).not.toContain(made.body.initialPassword);
  });

  test('two accounts cannot have one name, capitals or not', async () => {
    await box.user('user', 'bela');
    expect(await box.request('POST', '/api/v1/users', { as: await box.owner(), body: { username: 'Bela', role: 'user' } })).toMatchObject(
      refused(409, 'conflict'),
    );
  });

  test('the last owner can be neither removed, demoted nor closed', async () => {
    const owner = await box.owner();
    expect(await change(owner, owner.id, { role: 'admin' })).toMatchObject(refused(409, 'conflict'));
    expect(await change(owner, owner.id, { isActive: false })).toMatchObject(refused(409, 'conflict'));
    expect(await box.request('DELETE', `/api/v1/users/${owner.id}`, { as: owner })).toMatchObject(refused(409, 'conflict'));
    expect(await change(owner, owner.id, { email: 'owner@example.org' })).toMatchObject({
      status: 200,
      body: { user: { role: 'owner', email: 'owner@example.org' } },
    });
  });

  test('of two owners who demote each other at once, one stays', async () => {
    const own = await startBox();
    try {
      const owner = await own.owner();
      const other = await own.user('admin');
      await sql`update admin_users set role = 'owner' where uid = ${other.id}`.execute(own.database.db);
      const token = (await own.login(other.username, PASSWORD)).body.accessToken as string;
      const demote = (as: string, id: string) => own.request('PATCH', `/api/v1/users/${id}`, { as, body: { role: 'admin' } });
      const answers = await Promise.all([demote(token, owner.id), demote(owner.token, other.id)]);
      const [done, refusal] = answers.map(({ status }) => status).sort();
      expect(done).toBe(200);
      expect([401, 403, 409]).toContain(refusal);
      expect(await own.rows('admin_users', { role: 'owner' })).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  test('an administrator cannot touch an owner', async () => {
    const admin = await box.user('admin');
    const owner = (await box.rows('admin_users', { role: 'owner' }))[0]!;
    for (const body of [{ resetPassword: true }, { isActive: false }, { email: 'x@example.org' }, { disableTotp: true }])
      expect(await change(admin, owner.uid as string, body)).toMatchObject(refused(403, 'forbidden'));
    expect(await box.request('DELETE', `/api/v1/users/${owner.uid as string}`, { as: admin })).toMatchObject(refused(403, 'forbidden'));
  });

  test('nobody becomes owner by being made or changed', async () => {
    const admin = await box.user('admin');
    expect(await box.request('POST', '/api/v1/users', { as: admin, body: { username: 'boss', role: 'owner', password: PASSWORD } })).toMatchObject(
      refused(422, 'validation_failed'),
    );
    expect(await change(admin, admin.id, { role: 'owner' })).toMatchObject(refused(422, 'validation_failed'));
  });

  test('a removed account is gone with its sessions and keys', async () => {
    const person = await box.user('user');
    const key = await box.key(person, ['search']);
    const admin = await box.user('admin');
    expect(await box.request('DELETE', `/api/v1/users/${person.id}`, { as: admin })).toMatchObject({ status: 204 });
    expect(await box.request('GET', '/api/v1/auth/me', { as: person })).toMatchObject({ status: 401 });
    expect(await box.request('GET', '/api/v1/auth/me', { as: key })).toMatchObject({ status: 401 });
    expect(await box.request('GET', `/api/v1/users/${person.id}`, { as: admin })).toMatchObject({ status: 404 });
  });

  test('the list pages by name and searches', async () => {
    for (const name of ['list-c', 'list-A', 'list-b']) await box.user('viewer', name);
    const admin = await box.owner();
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await box.request('GET', `/api/v1/users?q=LIST-&limit=2${cursor ? `&cursor=${cursor}` : ''}`, { as: admin });
      names.push(...body.items.map(({ username }: { username: string }) => username));
      cursor = body.nextCursor;
    } while (cursor);
    expect(names).toEqual(['list-A', 'list-b', 'list-c']);
    expect(await box.request('GET', '/api/v1/users?cursor=nonsense', { as: admin })).toMatchObject(refused(422, 'validation_failed'));
  });
});

describe('API keys', () => {
  test('a key acts within its scopes; only its hash is kept; a revoked one fails at once', async () => {
    const admin = await box.user('admin');
    const key = await box.key(admin, ['admin']);
    expect(key).toMatch(/^ark_/);
    expect(JSON.stringify(await box.rows('api_keys'))).not.toContain(key);
    expect(await box.request('GET', '/api/v1/users', { as: key })).toMatchObject({ status: 200 });
    const other = await box.key(admin, ['search']);
    expect(await box.request('GET', '/api/v1/users', { as: other })).toMatchObject({ status: 403, body: { error: { details: { scope: 'admin' } } } });
    expect(await box.request('POST', '/api/v1/auth/keys', { as: key, body: { name: 'more', scopes: ['admin'] } })).toMatchObject(refused(403, 'forbidden'));
    const [listed] = (await box.request('GET', '/api/v1/auth/keys', { as: admin })).body.items.filter(({ scopes }: { scopes: string[] }) =>
      scopes.includes('admin'),
    );
    expect(key.startsWith(listed.prefix)).toBe(true);
    expect(await box.request('DELETE', `/api/v1/auth/keys/${listed.id}`, { as: admin })).toMatchObject({ status: 204 });
    expect(await box.request('GET', '/api/v1/users', { as: key })).toMatchObject({ status: 401 });
  });

  test('a key ends at its time and with its owner’s account', async () => {
    const admin = await box.user('admin');
    const expiresAt = new Date(box.clock.now() + 60_000).toISOString();
    const { body } = await box.request('POST', '/api/v1/auth/keys', { as: admin, body: { name: 'short', scopes: ['admin'], expiresAt } });
    const lasting = await box.key(admin, ['admin']);
    expect(await box.request('GET', '/api/v1/users', { as: body.secret })).toMatchObject({ status: 200 });
    box.clock.advance(61_000);
    expect(await box.request('GET', '/api/v1/users', { as: body.secret })).toMatchObject({ status: 401 });
    expect(await box.request('GET', '/api/v1/users', { as: lasting })).toMatchObject({ status: 200 });
    await box.request('PATCH', `/api/v1/users/${admin.id}`, { as: await box.owner(), body: { isActive: false } });
    expect(await box.request('GET', '/api/v1/users', { as: lasting })).toMatchObject({ status: 401 });
  });

  test('a user cannot make a key with more than the user may', async () => {
    expect(await box.request('POST', '/api/v1/auth/keys', { as: await box.user('user'), body: { name: 'x', scopes: ['admin'] } })).toMatchObject(
      refused(403, 'forbidden'),
    );
  });
});

describe('settings', () => {
  const get = async () => (await box.request('GET', '/api/v1/settings', { as: await box.owner() })).body;
  const patch = async (body: unknown) => box.request('PATCH', '/api/v1/settings', { as: await box.owner(), body });

  test('a patch changes what it names and nothing else, and only what differs is a row', async () => {
    expect(await patch({ metrics: { intervalMs: 2000 } })).toMatchObject({ status: 200, body: { metrics: { intervalMs: 2000, rawDays: 7 } } });
    expect(await patch({ metrics: { rawDays: 5 } })).toMatchObject({ status: 200, body: { metrics: { intervalMs: 2000, rawDays: 5 } } });
    expect((await box.rows('app_settings')).map(({ key }) => key).sort()).toEqual(['metrics.intervalMs', 'metrics.rawDays']);
    expect(await patch({ metrics: { intervalMs: 5000, rawDays: 7 } })).toMatchObject({ status: 200, body: defaultSettings });
    expect(await box.rows('app_settings')).toEqual([]);
  });

  test('every change is written down with what it was and is', async () => {
    await patch({ general: { boxName: 'Keller' } });
    const [entry] = (await box.request('GET', '/api/v1/audit?action=settings.changed&limit=1', { as: await box.owner() })).body.items;
    expect(entry).toMatchObject({ actor: 'owner', subject: 'general.boxName', details: [{ key: 'general.boxName', from: 'Arasul', to: 'Keller' }] });
    const before = (await box.rows('audit_log')).length;
    await patch({ general: { boxName: 'Keller' } });
    expect((await box.rows('audit_log')).length).toBe(before);
    await patch({ general: { boxName: 'Arasul' } });
  });

  test.each([
    [{ metrics: { intervalms: 1000 } }, '`metrics.intervalms` is not known. Did you mean `intervalMs`?', 'metrics.intervalms'],
    [{ metric: {} }, '`metric` is not known. Did you mean `metrics`?', 'metric'],
    [{ metrics: { zzzzzzzz: 1 } }, '`metrics.zzzzzzzz` is not known.', 'metrics.zzzzzzzz'],
    [{ metrics: { intervalMs: 'soon' } }, '`metrics.intervalMs`:', 'metrics.intervalMs'],
    [{ metrics: { intervalMs: 1 } }, '`metrics.intervalMs`:', 'metrics.intervalMs'],
    [{ metrics: { rawDays: 60, minuteDays: 30 } }, 'Coarser metrics', 'metrics'],
  ])('%j is refused by its path', async (body, message, path) => {
    const answer = await patch(body);
    expect(answer).toMatchObject(refused(422, 'validation_failed'));
    expect(answer.body.error.message).toContain(message);
    expect(answer.body.error.details.problems[0].path).toBe(path);
    expect(await get()).toEqual(defaultSettings);
  });

  test('another process hears of a change', async () => {
    const second = await startBox({ beside: box });
    try {
      await patch({ general: { boxName: 'Dachboden' } });
      await expect.poll(async () => (await second.request('GET', '/api/v1/settings', { as: await box.owner() })).body.general.boxName).toBe('Dachboden');
    } finally {
      await second.stop();
      await patch({ general: { boxName: 'Arasul' } });
    }
  });
});

describe('the audit log', () => {
  test('it pages without gap or repeat, filters, and exports as CSV that no spreadsheet runs', async () => {
    const owner = await box.owner();
    await box.user('viewer', 'audited');
    await sql`insert into audit_log (actor, action, subject, details) values ('=cmd', 'user.created', 'a "quoted", thing', '{"a":1}')`.execute(box.database.db);
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await box.request('GET', `/api/v1/audit?limit=3${cursor ? `&cursor=${cursor}` : ''}`, { as: owner });
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe((await box.rows('audit_log')).length);

    const filtered = (await box.request('GET', '/api/v1/audit?action=user.&q=AUDITED', { as: owner })).body.items;
    expect(filtered).toMatchObject([{ actor: 'owner', action: 'user.created', subject: 'audited' }]);
    expect((await box.request('GET', `/api/v1/audit?to=${encodeURIComponent('2020-01-01T00:00:00Z')}`, { as: owner })).body.items).toEqual([]);

    const csv = await box.request('GET', '/api/v1/audit/export?action=user.created', { as: owner });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(csv.body).toContain(`'=cmd,user.created,"a ""quoted"", thing",,"{""a"":1}"`);
    expect(csv.body.split('\r\n')[0]).toBe('at,actor,action,subject,ipAddress,details');
  });
});

describe('cookies', () => {
  const signIn = async () => {
    const answer = await box.login('owner', PASSWORD);
    const cookies = answer.headers.getSetCookie();
    const value = (name: string) => /=([^;]*)/.exec(cookies.find((cookie) => cookie.startsWith(`${name}=`))!)![1]!;
    return { cookies, session: value('arasul_session'), csrf: value('arasul_csrf') };
  };

  test('a browser’s session is not readable by scripts and not sent by other sites; writes need its protection token', async () => {
    const { cookies, session, csrf } = await signIn();
    expect(cookies.find((cookie) => cookie.startsWith('arasul_session='))).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/);
    expect(cookies.find((cookie) => cookie.startsWith('arasul_csrf='))).not.toContain('HttpOnly');
    const cookie = `arasul_csrf=${csrf}; arasul_session=${session}`;
    expect(await box.request('GET', '/api/v1/auth/me', { headers: { cookie } })).toMatchObject({ status: 200 });
    expect(await box.request('POST', '/api/v1/auth/logout', { headers: { cookie } })).toMatchObject(refused(403, 'csrf_failed'));
    const other = await signIn();
    expect(await box.request('POST', '/api/v1/auth/logout', { headers: { cookie, 'x-csrf-token': other.csrf } })).toMatchObject(refused(403, 'csrf_failed'));
    const out = await box.request('POST', '/api/v1/auth/logout', { headers: { cookie, 'x-csrf-token': csrf } });
    expect(out.status).toBe(204);
    expect(out.headers.getSetCookie().join()).toMatch(/arasul_session=;.*Expires=Thu, 01 Jan 1970/);
    expect(await box.request('GET', '/api/v1/auth/me', { headers: { cookie } })).toMatchObject({ status: 401 });
    expect(await box.request('GET', '/api/v1/setup', { headers: { cookie } }), 'a stale cookie does not close what is open to anyone').toMatchObject({
      status: 200,
    });
  });

  test('under TLS the cookies are Secure', async () => {
    const answer = await box.request('POST', '/api/v1/auth/login', {
      body: { username: 'owner', password: PASSWORD },
      headers: { 'x-forwarded-proto': 'https' },
    });
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain('Secure');
  });

  test('a forged, cut or foreign token is refused', async () => {
    const { token } = await box.owner();
    const [head, body] = token.split('.') as [string, string];
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const forged of [`${none}.${body}.`, `${head}.${body}.AAAA`, token.slice(0, -3), 'ark_nonsense', 'x'])
      expect(await box.request('GET', '/api/v1/auth/me', { as: forged })).toMatchObject({ status: 401 });
    expect(await box.request('GET', '/api/v1/auth/me', { headers: { authorization: `Basic ${token}` } })).toMatchObject({ status: 401 });
  });
});

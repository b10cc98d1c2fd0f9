import { access } from 'node:fs/promises';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setupCodePath } from '../../services/dashboard-backend/features/setup/index.ts';
import { PASSWORD, SETUP_CODE, startBox, type Answer, type Box, type Person } from '../support/box.ts';

const MINUTE_MS = 60_000;
const refused = (status: number, code: string) => ({ status, body: { error: { code } } });

describe('A4 the owner by one-time code', () => {
  const body = { code: SETUP_CODE, username: 'owner', password: PASSWORD };

  test('A4 a new box has no account; the code makes the owner once, and the second use fails', async () => {
    const box = await startBox();
    try {
      await box.writeSetupCode();
      expect((await box.request('GET', '/api/v1/setup')).body).toEqual({ required: true, boxName: 'Arasul' });
      expect(await box.rows('admin_users')).toEqual([]);
      expect(await box.request('POST', '/api/v1/setup', { body: { ...body, code: 'AB12-CD35' } })).toMatchObject(refused(403, 'invalid_setup_code'));
      expect(await box.request('POST', '/api/v1/setup', { body: { ...body, code: 'ab12cd34' } })).toMatchObject({
        status: 201,
        body: { user: { username: 'owner', role: 'owner' } },
      });
      expect(await box.request('POST', '/api/v1/setup', { body })).toMatchObject(refused(409, 'setup_done'));
      await expect(access(setupCodePath(box.dataDir))).rejects.toThrow('ENOENT');
      await box.writeSetupCode();
      expect(await box.request('POST', '/api/v1/setup', { body: { ...body, username: 'other' } })).toMatchObject(refused(409, 'setup_done'));
      expect((await box.request('GET', '/api/v1/setup')).body).toEqual({ required: false, boxName: 'Arasul' });
    } finally {
      await box.stop();
    }
  });

  test('A4 of many who use the code at once, on two processes, one wins', async () => {
    const box = await startBox();
    const second = await startBox({ beside: box });
    try {
      await box.writeSetupCode();
      const answers = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? box : second).request('POST', '/api/v1/setup', { body: { ...body, username: `owner${n}` } })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      expect(await box.rows('admin_users')).toHaveLength(1);
    } finally {
      await second.stop();
      await box.stop();
    }
  });

  test('A4 guessing the code is slow', async () => {
    const box = await startBox();
    try {
      await box.writeSetupCode();
      const answers: Answer[] = [];
      for (let n = 0; n < 12; n += 1) answers.push(await box.request('POST', '/api/v1/setup', { body: { ...body, code: `AAAA-00${10 + n}` } }));
      expect(answers.at(-1)).toMatchObject(refused(429, 'rate_limited'));
      expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await box.request('POST', '/api/v1/setup', { body })).toMatchObject({ status: 429 });
    } finally {
      await box.stop();
    }
  });

  test('A4 without a code file no code works, not even an empty one', async () => {
    const box = await startBox();
    try {
      expect(await box.request('POST', '/api/v1/setup', { body: { ...body, code: '' } })).toMatchObject(refused(403, 'invalid_setup_code'));
    } finally {
      await box.stop();
    }
  });
});

describe('A5 lockout', () => {
  let box: Box;
  beforeAll(async () => {
    box = await startBox();
    await box.owner();
  });
  afterAll(() => box.stop());

  const fail = async (username: string, times: number): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let n = 0; n < times; n += 1) answers.push(await box.login(username, 'not-the-password'));
    return answers;
  };
  const attempts = (username: string) => box.rows('login_attempts', { username, success: false });

  test('A5 the right password during the lock is refused, and every attempt is recorded', async () => {
    const mara = await box.user('user', 'mara');
    for (const answer of await fail('mara', 5)) expect(answer).toMatchObject(refused(401, 'invalid_credentials'));
    const answer = await box.login('mara', PASSWORD);
    expect(answer).toMatchObject(refused(423, 'account_locked'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await attempts('mara')).map(({ reason }) => reason).sort()).toEqual(['locked', ...Array<string>(5).fill('wrong_password')]);
    expect(await box.rows('audit_log', { action: 'account.locked', subject: 'mara' })).toHaveLength(1);
    // The lock keeps guessers out, not the person who is in.
    expect(await box.request('GET', '/api/v1/auth/me', { as: mara })).toMatchObject({ status: 200 });
    box.clock.advance(MINUTE_MS + 1);
    expect(await box.login('mara', PASSWORD)).toMatchObject({ status: 200, body: { user: { lockedUntil: null } } });
  });

  test('A5 each lock is longer than the one before, until a success', async () => {
    await box.user('user', 'nils');
    for (const minutes of [1, 5, 15, 60]) {
      await fail('nils', 5);
      box.clock.advance(minutes * MINUTE_MS - 10_000);
      expect(await box.login('nils', PASSWORD), `${minutes} minutes, not over`).toMatchObject(refused(423, 'account_locked'));
      box.clock.advance(20_000);
    }
    expect(await box.login('nils', PASSWORD)).toMatchObject({ status: 200 });
    await fail('nils', 5);
    box.clock.advance(MINUTE_MS + 1);
    expect(await box.login('nils', PASSWORD)).toMatchObject({ status: 200 });
  });

  test('A5 guessing in parallel, on two processes, does not outrun the count', async () => {
    await box.user('user', 'olga');
    const second = await startBox({ beside: box });
    try {
      const guesses = Array.from({ length: 16 }, (_, n) => (n % 2 ? box : second).login('olga', `guess-number-${n}`));
      const codes = (await Promise.all(guesses)).map(({ body }) => body.error.code as string);
      // Each process judges one guess at a time, so at most one more than five was under way.
      expect(codes.filter((code) => code === 'invalid_credentials').length).toBeLessThanOrEqual(6);
      expect(codes.filter((code) => code === 'account_locked').length).toBeGreaterThanOrEqual(10);
      expect(await box.login('olga', PASSWORD)).toMatchObject(refused(423, 'account_locked'));
      expect(await attempts('olga')).toHaveLength(17);
    } finally {
      await second.stop();
    }
  });

  test('A5 a name without an account is answered, counted and locked like one with', async () => {
    const answers = await fail('nobody-here', 6);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 423]);
    const known = await box.user('user', 'petra');
    const forKnown = (await fail(known.username, 1))[0]!;
    expect(answers[0]!.body.error.message).toBe(forKnown.body.error.message);
    expect(await attempts('nobody-here')).toHaveLength(6);
  });

  test('A5 an administrator unlocks', async () => {
    const person = await box.user('user', 'quirin');
    await fail('quirin', 5);
    expect(await box.request('PATCH', `/api/v1/users/${person.id}`, { as: await box.owner(), body: { unlock: true } })).toMatchObject({
      status: 200,
      body: { user: { lockedUntil: null } },
    });
    expect(await box.login('quirin', PASSWORD)).toMatchObject({ status: 200 });
  });

  test('A5 guessing at the current password locks too', async () => {
    const person = await box.user('user', 'rosa');
    for (let n = 0; n < 5; n += 1) {
      expect(
        await box.request('POST', '/api/v1/auth/password', { as: person, body: { currentPassword: `guess ${n}`, newPassword: 'drei grüne Stühle am See' } }),
      ).toMatchObject(refused(401, 'invalid_credentials'));
    }
    expect(
      await box.request('POST', '/api/v1/auth/password', { as: person, body: { currentPassword: PASSWORD, newPassword: 'drei grüne Stühle am See' } }),
    ).toMatchObject(refused(423, 'account_locked'));
  });
});

describe('A5 an address that guesses', () => {
  test('A5 is refused with Retry-After, whatever names it tries', async () => {
    const box = await startBox();
    try {
      await box.owner();
      let last: Answer | undefined;
      for (let n = 0; n < 61; n += 1) last = await box.login(`name-${n}`, 'not-the-password');
      expect(last).toMatchObject(refused(429, 'rate_limited'));
      expect(Number(last!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await box.rows('login_attempts', { reason: 'rate_limited' })).toHaveLength(1);
    } finally {
      await box.stop();
    }
  });
});

describe('A5 an address that guesses all at once', () => {
  test('A5 has no more tries for being quick; who signs in rightly spends none', async () => {
    const box = await startBox();
    try {
      await box.owner();
      for (let n = 0; n < 70; n += 1) expect((await box.login('owner', PASSWORD)).status).toBe(200);
      const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => box.login(`name-${n}`, 'not-the-password')));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(60);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
    } finally {
      await box.stop();
    }
  });
});

describe('A6 sign-out', () => {
  let box: Box;
  let second: Box;
  beforeAll(async () => {
    box = await startBox();
    await box.owner();
    second = await startBox({ beside: box });
  });
  afterAll(async () => {
    await second.stop();
    await box.stop();
  });
  const me = (at: Box, as: Person | string) => at.request('GET', '/api/v1/auth/me', { as });
  const jtiOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()).jti;

  test('A6 the jti is on token_blacklist, and the token fails at once on every process', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { body } = await box.login('owner', PASSWORD);
      const token: string = body.accessToken;
      // Both processes know the token from memory before it ends.
      expect((await Promise.all([me(box, token), me(second, token), me(second, token)])).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await box.request('POST', '/api/v1/auth/logout', { as: token })).toMatchObject({ status: 204 });
      expect(await me(second, token)).toMatchObject(refused(401, 'unauthenticated'));
      expect(await me(box, token)).toMatchObject(refused(401, 'unauthenticated'));
      expect(await box.rows('token_blacklist', { token_jti: jtiOf(token) })).toHaveLength(1);
    }
  });

  test('A6 while signals cannot arrive, every process asks the rows', async () => {
    const person = await box.user('user');
    expect((await me(second, person)).status).toBe(200);
    // The two LISTEN connections are cut, and the row goes without a signal.
    await box.database.db.connection().execute(async (db) => {
      const { sql } = await import('kysely');
      await sql`update active_sessions set expires_at = now() - interval '1 hour' where token_jti = ${jtiOf(person.token)}`.execute(db);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'arasul-signals' and datname = current_database()`.execute(db);
    });
    await expect.poll(async () => (await me(second, person)).status).toBe(401);
  });

  test('A6 a refreshed token ends the one before; of two refreshes at once one wins', async () => {
    const { token } = await box.user('user');
    const answers = await Promise.all([
      box.request('POST', '/api/v1/auth/refresh', { as: token }),
      second.request('POST', '/api/v1/auth/refresh', { as: token }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(await me(second, token)).toMatchObject({ status: 401 });
    const next: string = answers.find(({ status }) => status === 200)!.body.accessToken;
    expect(await me(second, next)).toMatchObject({ status: 200 });
    expect(await box.rows('token_blacklist', { token_jti: jtiOf(token) })).toHaveLength(1);
  });

  test.each([
    ['deactivation', { isActive: false }],
    ['another role', { role: 'viewer' }],
    ['a password reset', { resetPassword: true }],
  ])('A6 %s ends the account’s sessions at once, everywhere', async (_, change) => {
    const person = await box.user('user');
    expect((await me(second, person)).status).toBe(200);
    expect(await box.request('PATCH', `/api/v1/users/${person.id}`, { as: await box.owner(), body: change })).toMatchObject({ status: 200 });
    expect(await me(second, person)).toMatchObject({ status: 401 });
  });

  test('A6 one sees one’s sessions, signs out there and everywhere else', async () => {
    const person = await box.user('user');
    const others = [await box.login(person.username, PASSWORD), await box.login(person.username, PASSWORD)].map(({ body }) => body.accessToken as string);
    const list = (await box.request('GET', '/api/v1/auth/sessions', { as: person, headers: { 'user-agent': 'x' } })).body.items;
    expect(list).toHaveLength(3);
    expect(list.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const there = list.find(({ current }: { current: boolean }) => !current);
    expect(await box.request('DELETE', `/api/v1/auth/sessions/${there.id}`, { as: person })).toMatchObject({ status: 204 });
    expect((await Promise.all(others.map((token) => me(second, token)))).filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await box.request('DELETE', '/api/v1/auth/sessions', { as: person })).toMatchObject({ status: 204 });
    expect((await Promise.all(others.map((token) => me(second, token)))).map(({ status }) => status)).toEqual([401, 401]);
    expect(await me(second, person)).toMatchObject({ status: 200 });
    const stranger = await box.user('user');
    const own = (await box.request('GET', '/api/v1/auth/sessions', { as: person })).body.items[0].id;
    expect(await box.request('DELETE', `/api/v1/auth/sessions/${own}`, { as: stranger })).toMatchObject({ status: 404 });
  });
});

describe('what is written about use', () => {
  test('when a session and a key were last used is written in one go, at the latest when the process stops', async () => {
    const box = await startBox();
    const second = await startBox({ beside: box });
    try {
      const owner = await box.owner();
      const key = await box.key(owner, ['admin']);
      box.clock.advance(2 * 3_600_000);
      for (const as of [owner, key]) expect((await second.request('GET', '/api/v1/users', { as })).status).toBe(200);
      await second.stop();
      const usedAt = box.clock.now();
      const [session] = await box.rows('active_sessions');
      const [row] = await box.rows('api_keys');
      for (const at of [session!.last_activity, row!.last_used_at] as Date[]) expect(Math.abs(at.getTime() - usedAt)).toBeLessThan(60_000);
    } finally {
      await second.stop();
      await box.stop();
    }
  });
});

describe('A7 passwords', () => {
  let box: Box;
  beforeAll(async () => {
    box = await startBox();
    await box.owner();
  });
  afterAll(() => box.stop());
  const change = (as: Person | string, currentPassword: string, newPassword: string) =>
    box.request('POST', '/api/v1/auth/password', { as, body: { currentPassword, newPassword } });
  const word = (n: number) => `blaue-tasse-${n}-fenster`;

  test('A7 a password equal to one of the last five is refused; the sixth may come back', async () => {
    const person = await box.user('user');
    let current = PASSWORD;
    const set = async (next: string) => {
      const answer = await change(person, current, next);
      if (answer.status === 200) current = next;
      return answer;
    };
    for (let n = 1; n <= 4; n += 1) expect(await set(word(n))).toMatchObject({ status: 200 });
    for (const old of [PASSWORD, word(1), word(4)]) expect(await set(old)).toMatchObject(refused(422, 'password_refused'));
    expect(await set(word(5))).toMatchObject({ status: 200 });
    expect(await set(PASSWORD)).toMatchObject({ status: 200 });
    expect(
      await box.database.db
        .selectFrom('password_history')
        .innerJoin('admin_users as u', 'u.id', 'user_id')
        .where('u.uid', '=', person.id)
        .selectAll('password_history')
        .execute(),
    ).toHaveLength(5);
  });

  test('A7 a change ends the other sessions and keeps this one', async () => {
    const person = await box.user('user');
    const other = (await box.login(person.username, PASSWORD)).body.accessToken as string;
    expect(await change(person, PASSWORD, word(9))).toMatchObject({ status: 200, body: { accessToken: person.token } });
    expect(await box.request('GET', '/api/v1/auth/me', { as: other })).toMatchObject({ status: 401 });
    expect(await box.request('GET', '/api/v1/auth/me', { as: person })).toMatchObject({ status: 200 });
    expect(await box.login(person.username, PASSWORD)).toMatchObject({ status: 401 });
    expect(await box.login(person.username, word(9))).toMatchObject({ status: 200 });
  });

  test.each([
    ['too short', 'kurz', 'validation_failed'],
    ['over 72 bytes', 'ä'.repeat(37), 'validation_failed'],
    ['one of the commonest', 'Password2026!', 'password_refused'],
    ['with the user name', 'zora-und-die-bande', 'password_refused'],
  ])('A7 a new password that is %s is refused', async (_, password, code) => {
    expect(await box.request('POST', '/api/v1/users', { as: await box.owner(), body: { username: 'zora', role: 'user', password } })).toMatchObject(
      refused(422, code),
    );
  });

  test('A7 after a reset only the password can be changed, and the one-time password cannot stay', async () => {
    const person = await box.user('user');
    const { body } = await box.request('PATCH', `/api/v1/users/${person.id}`, { as: await box.owner(), body: { resetPassword: true } });
    const once: string = body.initialPassword;
    const token: string = (await box.login(person.username, once)).body.accessToken;
    expect(await box.request('GET', '/api/v1/auth/sessions', { as: token })).toMatchObject(refused(403, 'forbidden'));
    expect(await change(token, once, once)).toMatchObject(refused(422, 'password_refused'));
    expect(await change(token, once, word(20))).toMatchObject({ status: 200, body: { user: { mustChangePassword: false } } });
    expect(await box.request('GET', '/api/v1/auth/sessions', { as: token })).toMatchObject({ status: 200 });
  });
});

describe('two-step sign-in', () => {
  let box: Box;
  beforeAll(async () => {
    box = await startBox();
    await box.owner();
  });
  afterAll(() => box.stop());
  const digits = (secret: string, steps = 0) => new TOTP({ secret }).generate({ timestamp: box.clock.now() + steps * 30_000 });

  test('the digits are asked for, work once, and are kept encrypted', async () => {
    const person = await box.user('user');
    const { secret, uri } = (await box.request('POST', '/api/v1/auth/totp', { as: person })).body;
    expect(uri).toContain('otpauth://totp/Arasul:');
    expect(await box.login(person.username, PASSWORD)).toMatchObject({ status: 200 });
    expect(await box.request('POST', '/api/v1/auth/totp/confirm', { as: person, body: { code: '000000' } })).toMatchObject(refused(422, 'validation_failed'));
    expect(await box.request('POST', '/api/v1/auth/totp/confirm', { as: person, body: { code: digits(secret) } })).toMatchObject({ status: 204 });
    const [row] = await box.rows('admin_users', { uid: person.id });
    expect(JSON.stringify(row)).not.toContain(secret);

    expect(await box.login(person.username, PASSWORD)).toMatchObject(refused(401, 'totp_required'));
    expect(await box.login(person.username, PASSWORD, { totp: digits(secret) })).toMatchObject(refused(401, 'invalid_credentials'));
    box.clock.advance(30_000);
    const now = digits(secret);
    const both = await Promise.all([box.login(person.username, PASSWORD, { totp: now }), box.login(person.username, PASSWORD, { totp: now })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('an administrator turns it off for who lost the phone', async () => {
    const person = await box.user('user');
    const { secret } = (await box.request('POST', '/api/v1/auth/totp', { as: person })).body;
    await box.request('POST', '/api/v1/auth/totp/confirm', { as: person, body: { code: digits(secret) } });
    expect(await box.request('PATCH', `/api/v1/users/${person.id}`, { as: await box.owner(), body: { disableTotp: true } })).toMatchObject({
      status: 200,
      body: { user: { totpEnabled: false } },
    });
    expect(await box.login(person.username, PASSWORD)).toMatchObject({ status: 200 });
  });

  test('guessing digits locks the account', async () => {
    const person = await box.user('user');
    const { secret } = (await box.request('POST', '/api/v1/auth/totp', { as: person })).body;
    await box.request('POST', '/api/v1/auth/totp/confirm', { as: person, body: { code: digits(secret) } });
    for (let n = 0; n < 5; n += 1) await box.login(person.username, PASSWORD, { totp: '000000' });
    expect(await box.login(person.username, PASSWORD, { totp: digits(secret, 1) })).toMatchObject(refused(423, 'account_locked'));
  });
});

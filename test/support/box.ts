import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '#contracts';
import { createServiceGroup, silentLogger, type Host, type Logger } from '#kit';
import { startBackend, type Backend } from '../../services/dashboard-backend/backend.ts';
import { setupCodePath } from '../../services/dashboard-backend/features/setup/index.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const SETUP_CODE = 'AB12-CD34';
export const PASSWORD = 'Tr0ub4dour-and-3-horses';

// 2^4 rounds instead of 2^11: the same code, a hundred times sooner.
const BCRYPT_COST = 4;

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text when it is none; null when there is none. */
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test says what it expects
}

export interface Person {
  username: string;
  role: Role;
  token: string;
  /** The public id. */
  id: string;
}

interface RequestOptions {
  /** A person, a token or an API key; nobody, when it is left out. */
  as?: Person | string;
  /** Sent as JSON, unless it is a string, bytes or a form. */
  body?: unknown;
  headers?: Record<string, string>;
  /** An address of another box on the same database. */
  at?: string;
  signal?: AbortSignal;
}

/** What two processes of one box have in common. */
interface Shared {
  database: TestDatabase;
  dataDir: string;
  clock: TestClock;
  known: { readonly owner: Person | undefined };
}

interface BoxOptions {
  /** The box that this one is a second process of: same database, data folder and time. */
  beside?: Shared;
  env?: Record<string, string>;
  /** Where a launcher would say what runs. */
  stateFile?: string;
  /** A model runtime; without one nothing answers there. */
  runtime?: { url: string; token: string };
  /** A built dashboard to serve. */
  publicDir?: string;
  log?: Logger;
}

export type Box = Awaited<ReturnType<typeof startBox>>;

const isRaw = (body: unknown): body is BodyInit =>
  typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array || body instanceof ReadableStream;

const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (text === '') return null;
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
};

/** A real box in this process: a database of its own, the real backend on a free port, real HTTP. Stop it when done. */
export const startBox = async ({
  beside,
  env = {},
  stateFile,
  runtime = { url: 'http://127.0.0.1:9', token: '' },
  publicDir,
  log = silentLogger,
}: BoxOptions = {}) => {
  const database: TestDatabase = beside?.database ?? (await createTestDatabase());
  const dataDir = beside?.dataDir ?? (await mkdtemp(join(tmpdir(), 'arasul-box-')));
  const clock: TestClock = beside?.clock ?? createTestClock();
  const config = {
    productDir: process.cwd(),
    redisUrl: undefined,
    allowLoopback: true,
    telegramApi: env.ARASUL_TELEGRAM_API,
    dataDir,
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    stateFile: stateFile ?? null,
    publicDir: publicDir ?? null,
    runtime,
  };

  let host!: Host;
  let backend!: Backend;
  const group = createServiceGroup({ env: { ARASUL_DATA_DIR: dataDir, ARASUL_DATABASE_URL: database.url, ...env }, logFor: () => log });
  await group.start({
    name: 'dashboard-backend',
    async start(given) {
      host = given;
      backend = await startBackend(given, config, { clock, bcryptCost: BCRYPT_COST, checkOutputs: true });
      return backend;
    },
  });
  const url = `http://127.0.0.1:${backend.port}`;
  let owner: Person | undefined = beside?.known.owner;

  const request = async (method: string, path: string, { as, body, headers = {}, signal, at = url }: RequestOptions = {}): Promise<Answer> => {
    const sent = new Headers(headers);
    if (as !== undefined) sent.set('Authorization', `Bearer ${typeof as === 'string' ? as : as.token}`);
    if (body !== undefined && !isRaw(body)) sent.set('Content-Type', 'application/json');
    const payload = body === undefined || isRaw(body) ? body : JSON.stringify(body);
    const response = await fetch(`${at}${path}`, {
      method,
      headers: sent,
      body: payload,
      signal,
      redirect: 'manual',
      ...(payload instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  };

  const writeSetupCode = async (code = SETUP_CODE): Promise<void> => {
    await mkdir(join(dataDir, 'secrets'), { recursive: true });
    await writeFile(setupCodePath(dataDir), `${code}\n`);
  };

  const login = (username: string, password: string, more: { totp?: string } = {}) =>
    request('POST', '/api/v1/auth/login', { body: { username, password, ...more } });

  const known = {
    get owner() {
      return owner;
    },
  };

  return {
    url,
    dataDir,
    database,
    clock,
    routes: backend.routes,
    host,
    known,
    request,
    writeSetupCode,
    login,

    /** The owner, made at first use through the real set-up. */
    async owner(): Promise<Person> {
      if (owner) return owner;
      await writeSetupCode();
      const { status, body } = await request('POST', '/api/v1/setup', { body: { code: SETUP_CODE, username: 'owner', password: PASSWORD } });
      if (status !== 201) throw new Error(`set-up answered ${status}: ${JSON.stringify(body)}`);
      return (owner = { username: 'owner', role: 'owner', token: body.accessToken, id: body.user.id });
    },

    /** A new, signed-in person with that role, whose password is `PASSWORD`. */
    async user(role: Exclude<Role, 'owner'> = 'user', username = `${role}-${randomBytes(3).toString('hex')}`): Promise<Person> {
      const made = await request('POST', '/api/v1/users', { as: await this.owner(), body: { username, role, password: PASSWORD } });
      if (made.status !== 201) throw new Error(`making ${username} answered ${made.status}: ${JSON.stringify(made.body)}`);
      const { status, body } = await login(username, PASSWORD);
      if (status !== 200) throw new Error(`signing ${username} in answered ${status}: ${JSON.stringify(body)}`);
      return { username, role, token: body.accessToken, id: body.user.id };
    },

    /** An API key of `person` with those scopes. */
    async key(person: Person, scopes: string[]): Promise<string> {
      const { status, body } = await request('POST', '/api/v1/auth/keys', { as: person, body: { name: 'test', scopes } });
      if (status !== 201) throw new Error(`making a key answered ${status}: ${JSON.stringify(body)}`);
      return body.secret;
    },

    /** Rows of a table whose columns have these values. */
    async rows(table: string, where: Record<string, unknown> = {}): Promise<Record<string, unknown>[]> {
      let query = database.db.selectFrom(table as never).selectAll();
      for (const [column, value] of Object.entries(where)) query = query.where(column as never, '=', value as never);
      return query.execute();
    },

    async stop(): Promise<void> {
      await group.stop();
      if (beside) return;
      await rm(dataDir, { recursive: true, force: true });
      await database.remove();
    },
  };
};

import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { AppError, systemClock, type Logger } from '#kit';
import type { DB } from './schema.ts';

// Counts and sizes of a box stay far below 2^53; strings would only be parsed again by every caller.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

export type Db = Kysely<DB> | Transaction<DB>;
export type Tx = Transaction<DB>;

export interface Database {
  readonly db: Kysely<DB>;
  /** For what kysely has no words for: COPY, cursors, LISTEN. */
  readonly url: string;
  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Milliseconds of a round trip. Throws `database_away`. */
  ping(): Promise<number>;
  close(): Promise<void>;
}

/** SQLSTATE classes that mean "the server is away", not "the statement is wrong". */
const AWAY_STATES = new Set(['57P01', '57P02', '57P03', '08000', '08001', '08003', '08004', '08006', '53300']);
const AWAY_ERRNOS = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
const AWAY_TEXT = /Connection terminated|timeout exceeded when trying to connect|not queryable|server closed the connection/i;

/** Whether an error says that Postgres is down, starting or was restarted under us. */
export const isDatabaseAway = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (error instanceof AppError) return error.code === 'database_away';
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && AWAY_STATES.has(code)) return true;
  // ENOENT of connect(2) is a missing socket; of open(2) it is somebody's missing file.
  if (code !== undefined && AWAY_ERRNOS.has(code)) return syscall === undefined || ['connect', 'read', 'write'].includes(syscall);
  return AWAY_TEXT.test(error.message);
};

/** Values that Postgres cannot read as the type of their column: dates, numbers, ids and text of a request (SQLSTATE class 22). */
const UNREADABLE_STATES = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05']);

/** Whether a statement was refused for a value that came with it, such as a cursor that somebody made up. */
export const isUnreadableValue = (error: unknown): boolean => UNREADABLE_STATES.has((error as { code?: string } | undefined)?.code ?? '');

/** Whether an error is a violation of the named unique constraint (any, when none is named). */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean => {
  const { code, constraint: violated } = error as { code?: string; constraint?: string };
  return code === '23505' && (constraint === undefined || violated === constraint);
};

const commitHooks = new WeakMap<object, (() => void)[]>();

/** Runs `hook` once the transaction has committed; never, when it rolls back. Outside a transaction: at once. */
export const afterCommit = (db: Db, hook: () => void): void => {
  const hooks = commitHooks.get(db);
  if (hooks) hooks.push(hook);
  else hook();
};

/** How long a statement waits for a server that is starting; a restart of Postgres takes about a second. */
const CONNECT_PATIENCE_MS = 6_000;
const CONNECT_RETRY_MS = 100;

const makePool = (config: pg.PoolConfig, log: Logger): pg.Pool => {
  const pool = new pg.Pool({ connectionTimeoutMillis: 5_000, keepAlive: true, ...config });
  pool.on('error', (error) => log.debug({ error }, 'an idle database connection was lost'));
  // The pool listens to idle connections alone. One that breaks in somebody's hands fails their statement; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', (error) => log.debug({ error }, 'a database connection was lost')));
  return pool;
};

/** Connects, waiting for a server that is away: nothing was sent yet, so that trying again is safe for writes too. */
const connectPatiently = async (pool: pg.Pool): Promise<pg.PoolClient> => {
  const until = systemClock.now() + CONNECT_PATIENCE_MS;
  for (;;) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isDatabaseAway(error) || systemClock.now() > until || pool.ending) throw error;
      await systemClock.sleep(CONNECT_RETRY_MS);
    }
  }
};

/** A bare pool for a library that brings its own statements, with its schema first in the search path. */
export const openPool = ({ url, schema, max, log }: { url: string; schema: string; max: number; log: Logger }): pg.Pool =>
  makePool({ connectionString: url, max, options: `-c search_path=${schema}` }, log);

interface OpenOptions {
  url: string;
  log: Logger;
  /** Connections at most. Ten serve a box: Postgres itself has few cores. */
  max?: number;
}

/** Opens a pool; connections are made when first needed, so this never throws for a server that is away. */
export const openDatabase = ({ url, log, max = 10 }: OpenOptions): Database => {
  const pool = makePool({ connectionString: url, max, idleTimeoutMillis: 60_000 }, log);
  const patient = { connect: () => connectPatiently(pool), end: () => pool.end() };
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: patient }) });
  return {
    db,
    url,
    async inTransaction(work) {
      const hooks: (() => void)[] = [];
      const result = await db.transaction().execute(async (tx) => {
        commitHooks.set(tx, hooks);
        return work(tx);
      });
      for (const hook of hooks) hook();
      return result;
    },
    async ping() {
      const began = performance.now();
      try {
        await pool.query('select 1'); // at once: whoever asks wants to know how it is now
      } catch (error) {
        throw new AppError('database_away', {
          message: 'The database does not answer; it is being restarted. Try again in a moment.',
          cause: error,
          retryAfterMs: 2_000,
        });
      }
      return performance.now() - began;
    },
    close: () => db.destroy(),
  };
};

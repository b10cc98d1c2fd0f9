import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from, to } from 'pg-copy-streams';

/** Values are written and read in one spelling, whatever the servers' settings are; rows come in their order on disk, the same each time. */
const ONE_SPELLING = `set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local synchronize_seqscans = off`;

/** One connection inside one transaction, with COPY in both directions. Statements run one after another. */
export interface CopySession {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The rows of `copy … to stdout`, in the text format: a line for each row, whatever the processor. */
  copyOut(text: string): Readable;
  /** Takes the same lines for `copy … from stdin`. */
  copyIn(text: string): Writable;
}

const withSession = async <T>(url: string, begin: string, work: (session: CopySession) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks fails the statement in hand; without a listener it would end the process as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`${begin}; ${ONE_SPELLING}`);
    const result = await work({
      query: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await client.query<Row>(text, [...values])).rows,
      copyOut: (text) => client.query(to(text)),
      copyIn: (text) => client.query(from(text)),
    });
    await client.query('commit');
    return result;
  } finally {
    await client.end().catch(() => undefined); // an open transaction ends with its connection
  }
};

/** Reads a database as it was at one instant, however long the reading takes and whatever is written meanwhile. */
export const withSnapshot = <T>(url: string, work: (session: CopySession) => Promise<T>): Promise<T> =>
  withSession(url, 'begin isolation level repeatable read read only', work);

/**
 * Fills tables as they once were: no trigger fires and no foreign key is looked up meanwhile, since the rows were whole when they
 * were read. All or nothing. Needs a superuser.
 */
export const withRestoration = <T>(url: string, work: (session: CopySession) => Promise<T>): Promise<T> =>
  withSession(url, "begin; set local session_replication_role = 'replica'", work);

/** Runs statements that no transaction may hold, such as `create database`. `url` is an administrator's. */
export const runAsAdministrator = async (url: string, statements: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Rows of a statement that an administrator may make. */
export const selectAsAdministrator = async <Row extends object>(url: string, text: string, values: readonly unknown[]): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** `name` as SQL writes it. */
export const quoteName = (name: string): string => pg.escapeIdentifier(name);

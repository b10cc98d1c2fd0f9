import { createHash } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chooseAccount, databaseOwner } from './postgres/account.ts';
import { findPostgresBinaries } from './postgres/binaries.ts';
import { ADMIN_ROLE, APP_ROLE, DATABASE, prepareCluster } from './postgres/cluster.ts';
import { clearEarlierServer, startServer } from './postgres/server.ts';

export interface EmbeddedPostgresOptions {
  /** Arasul's data folder; `postgres`, `run`, `secrets` and `logs` are made in it. */
  dataDir: string;
  /** Told what a person who waits would like to know. */
  log?: (line: string) => void;
  /** False gives up safety against power loss for speed: for tests. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  /** Connection string of the application's role, which owns the database `arasul_db` and is no superuser. */
  url: string;
  /** Connection string of the superuser, for restores and for tests that clone databases. */
  adminUrl: string;
  socketDir: string;
  pid: number;
  /** Resolves when the server is gone, whatever ended it, with how it ended. */
  exited: Promise<string>;
  /** Fast stop: open transactions are rolled back, all that was committed is on disk. Safe to repeat. */
  stop(): Promise<void>;
}

// sockaddr_un holds 108 bytes on Linux and 104 on macOS, and the server appends "/.s.PGSQL.5432.lock".
const SOCKET_FOLDER_MAX_BYTES = 80;

/**
 * Starts the PostgreSQL server that lives in `dataDir`, making it first when it is missing, and resolves when it takes connections.
 * The server listens on a private socket alone, ends when this process ends (kill -9 included), and runs as an account of
 * its own when this process is root's.
 * Errors: `StartProblem` with what to do; `Error` with the server's last words.
 */
export async function startEmbeddedPostgres({ dataDir, log = () => undefined, durable = true }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const data = resolve(dataDir);
  const binaries = findPostgresBinaries();
  const owner = databaseOwner(log);
  // Root's folder must let the database's account pass; its files stay closed.
  mkdirSync(data, { recursive: true, mode: owner ? 0o711 : 0o700 });
  mkdirSync(join(data, 'run'), { recursive: true, mode: owner ? 0o711 : 0o700 });
  for (const name of ['secrets', 'logs']) mkdirSync(join(data, name), { recursive: true, mode: 0o700 });

  const folder = join(data, 'postgres');
  const socketDir = socketFolder(data);
  await clearEarlierServer(folder, () => log('The database of an earlier run is still stopping'));
  rmSync(socketDir, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(socketDir, { mode: 0o700 }); // not recursive: in a shared temporary folder nobody may have been faster
  if (owner) for (const own of [folder, socketDir]) chownSync(own, owner.uid, owner.gid);

  const account = chooseAccount(owner, { postgres: binaries.postgres, writable: [folder, socketDir] });
  const passwords = await prepareCluster({ folder, secretsDir: join(data, 'secrets'), socketDir, durable, binaries, account });
  const onSlow = (): void => log('The database puts itself in order after an unclean stop; this can take some minutes');
  const server = await startServer({ postgres: binaries.postgres, folder, logFile: join(data, 'logs', 'postgres.log'), account, onSlow });

  async function stop(): Promise<void> {
    await server.stop();
    rmSync(socketDir, { recursive: true, force: true });
  }
  return {
    ...server,
    stop,
    socketDir,
    url: urlOf(socketDir, APP_ROLE, passwords.app, DATABASE),
    adminUrl: urlOf(socketDir, ADMIN_ROLE, passwords.admin, 'postgres'),
  };
}

/** Connection string of the application's role for the server that runs in `dataDir`, for a process that did not start it. */
export const embeddedUrl = (dataDir: string): string => {
  const data = resolve(dataDir);
  return urlOf(socketFolder(data), APP_ROLE, readFileSync(join(data, 'secrets', 'database-password'), 'utf8').trim(), DATABASE);
};

const urlOf = (socketDir: string, role: string, password: string, database: string): string =>
  `postgresql://${role}:${password}@/${database}?host=${encodeURIComponent(socketDir)}`;

function socketFolder(data: string): string {
  const inData = join(data, 'run', 'pg');
  if (Buffer.byteLength(inData) <= SOCKET_FOLDER_MAX_BYTES) return inData;
  return join(tmpdir(), `arasul-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`);
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StartProblem } from '../start-problem.ts';
import type { Account } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { HOST_BASED_ACCESS, serverSettings } from './settings.ts';

export const DATABASE = 'arasul_db';
export const APP_ROLE = 'arasul';
export const ADMIN_ROLE = 'postgres';

interface Cluster {
  /** The database's own folder, `<data>/postgres`. */
  folder: string;
  secretsDir: string;
  socketDir: string;
  durable: boolean;
  binaries: PostgresBinaries;
  account: Account;
}

export interface Passwords {
  app: string;
  admin: string;
}

/**
 * Makes the database cluster when it is missing, and brings its settings and passwords up to date. Safe to repeat, and to
 * interrupt: a new cluster is made aside and moved into place when it is whole, and a password is kept once it is in force.
 * Errors: `StartProblem`.
 */
export async function prepareCluster(cluster: Cluster): Promise<Passwords> {
  const { folder, secretsDir } = cluster;
  const files = { app: join(secretsDir, 'database-password'), admin: join(secretsDir, 'database-admin-password') };
  const known = { app: readSecret(files.app), admin: readSecret(files.admin) };
  const passwords = { app: known.app ?? newSecret(), admin: known.admin ?? newSecret() };
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    await createCluster(cluster, passwords);
  } else {
    checkVersion(cluster);
    writeConfiguration(cluster, folder);
    // The folder of secrets was lost or cleared: the data is not, so give the roles new passwords.
    if (known.app === null || known.admin === null) await runStatements(cluster, folder, setPasswords(passwords));
  }
  for (const role of ['app', 'admin'] as const) {
    if (known[role] === null) writeFileSync(files[role], `${passwords[role]}\n`, { mode: 0o600 });
  }
  return passwords;
}

function checkVersion({ folder, binaries }: Cluster): void {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version === String(binaries.version)) return;
  throw new StartProblem(
    `The database in ${folder} was made by PostgreSQL ${version}; this release carries ${binaries.version}. Start the release of Arasul that made it, or name another folder in ARASUL_DATA_DIR.`,
  );
}

async function createCluster(cluster: Cluster, passwords: Passwords): Promise<void> {
  const { folder, binaries, account } = cluster;
  if (existsSync(join(folder, 'base'))) {
    throw new StartProblem(`The database in ${folder} is damaged: its file PG_VERSION is gone. Restore the folder from a backup; nothing was changed.`);
  }
  const aside = `${folder}.new-${process.pid}`; // its own name: the initdb of a start that was killed may still be writing
  removeUnfinished(folder);
  mkdirSync(aside, { mode: 0o700 });
  if (account.owner) chownSync(aside, account.owner.uid, account.owner.gid);
  // Sorting and letter case come from PostgreSQL itself, so that an update of the system's libraries cannot corrupt an index.
  // Only the splitting into words for full text asks the system what a letter is, hence a UTF-8 lc_ctype.
  const letters = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const flags = ['--username', ADMIN_ROLE, '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--lc-ctype', letters];
  const provider = ['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions'];
  // Its thousand files are made durable all at once, when they are in place: one by one took 11 s instead of 4 s on a busy disk.
  await run(account, binaries.initdb, ['-D', aside, ...flags, ...provider, '--no-sync'], '');
  writeConfiguration(cluster, aside);
  const statements = [
    ...setPasswords(passwords, { create: true }),
    `CREATE DATABASE ${DATABASE} OWNER ${APP_ROLE} STRATEGY file_copy`,
    `REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC`,
  ];
  await runStatements(cluster, aside, statements, ['-c', 'fsync=off']);
  rmSync(folder, { recursive: true, force: true }); // it holds no data: see above
  renameSync(aside, folder);
  if (cluster.durable) flushDisk(folder);
}

/** Has the disk of `folder` write everything down, without waiting: until it did, a power cut costs the database of a box that nobody used yet. */
function flushDisk(folder: string): void {
  const flush = spawn('sync', process.platform === 'linux' ? ['-f', folder] : [], { stdio: 'ignore' });
  flush.on('error', () => undefined); // no such program: the system writes it within half a minute
  flush.unref();
}

function removeUnfinished(folder: string): void {
  const prefix = `${basename(folder)}.new-`;
  for (const name of readdirSync(dirname(folder)).filter((entry) => entry.startsWith(prefix))) {
    rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function setPasswords({ app, admin }: Passwords, { create = false } = {}): string[] {
  return [`ALTER ROLE ${ADMIN_ROLE} PASSWORD '${admin}'`, `${create ? 'CREATE' : 'ALTER'} ROLE ${APP_ROLE} LOGIN PASSWORD '${app}'`];
}

function writeConfiguration({ socketDir, durable, account }: Cluster, folder: string): void {
  for (const [name, text] of [
    ['postgresql.conf', serverSettings({ socketDir, durable })],
    ['pg_hba.conf', HOST_BASED_ACCESS],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (account.owner) chownSync(file, account.owner.uid, account.owner.gid);
  }
}

/** Runs statements in single-user mode: no server, no socket, no password needed. */
async function runStatements({ account, binaries }: Cluster, folder: string, statements: string[], options: string[] = []): Promise<void> {
  const output = await run(account, binaries.postgres, ['--single', ...options, '-D', folder, 'postgres'], `${statements.join(';\n')};\n`);
  const failure = /^.*(?:ERROR|FATAL|PANIC): {2}(.*)$/m.exec(output); // this mode goes on after an error, and ends with 0
  if (failure) throw new StartProblem(`The database could not be set up: ${failure[1]}.`);
}

function run(account: Account, program: string, programArgs: string[], input: string): Promise<string> {
  const { file, args, identity } = account.command(program, programArgs);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...identity, cwd: '/', stdio: 'pipe', env: { PATH: process.env.PATH, TZ: 'UTC' } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.on('error', () => undefined); // it ended before it read; its exit says why
    child.stdin.end(input);
    child.on('error', (cause) =>
      reject(new StartProblem(`${program} could not be run (${cause.message}). Arasul needs Linux with glibc, or macOS.`, { cause })),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve(output);
      reject(new StartProblem(`${program} failed:\n${output.trim().split('\n').slice(-5).join('\n')}`));
    });
  });
}

const newSecret = (): string => randomBytes(24).toString('base64url');

function readSecret(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || null : null;
}

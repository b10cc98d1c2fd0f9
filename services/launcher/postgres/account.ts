import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { StartProblem } from '../start-problem.ts';

/** How to run a program of PostgreSQL, which refuses to run as root. */
export interface Account {
  /** Who must own the database's folders; null when that is whoever runs Arasul. */
  owner: { uid: number; gid: number } | null;
  /** The command line, and the identity for `spawn`, that run `command` under this account. */
  command(command: string, args: readonly string[]): { file: string; args: string[]; identity: { uid?: number; gid?: number } };
}

const ACCOUNT_NAME = 'arasul';

const itself: Account = { owner: null, command: (file, args) => ({ file, args: [...args], identity: {} }) };

/** The system account that will own the database when Arasul runs as root (made when missing); null for any other user. */
export function databaseOwner(log: (line: string) => void): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const known = lookUp(ACCOUNT_NAME);
  if (known) return known;
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    ACCOUNT_NAME,
  ]);
  const account = lookUp(ACCOUNT_NAME);
  if (made.status === 0 && account) {
    log(`Made the system account “${ACCOUNT_NAME}” for the database, which does not run as root.`);
    return account;
  }
  const other = lookUp('postgres') ?? lookUp('nobody');
  if (other) return other;
  throw new StartProblem(
    `PostgreSQL does not run as root, and no account could be made for it. Run “useradd --system ${ACCOUNT_NAME}”, or start Arasul as another user.`,
  );
}

/**
 * Chooses how the database's programs are run, by trying it: `probe` is run as they would be.
 *
 * Root drops to `owner`. Where a folder above the data or the programs is closed to everybody but root (a clone under /root, a
 * private temporary folder), the account keeps one capability: to pass through closed folders. It still writes only what it owns.
 * Errors: `StartProblem` when no way works.
 */
export function chooseAccount(owner: { uid: number; gid: number } | null, probe: { postgres: string; writable: string[] }): Account {
  if (!owner) return itself;
  const ways = [dropTo(owner), dropKeeping(owner, 'dac_read_search'), dropKeeping(owner, 'dac_override')];
  const way = ways.find((candidate) => works(candidate, probe));
  if (way) return way;
  throw new StartProblem(
    `PostgreSQL does not run as root, and the account with id ${owner.uid} cannot reach ${probe.postgres} and ${probe.writable.join(', ')}. ` +
      'Move the program and the data to folders that everybody may enter (for example /opt and /var/lib), install util-linux (setpriv), or start Arasul as another user.',
  );
}

const dropTo = (owner: { uid: number; gid: number }): Account => ({
  owner,
  command: (file, args) => ({ file, args: [...args], identity: owner }),
});

function dropKeeping(owner: { uid: number; gid: number }, capability: string): Account {
  const flags = ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups'];
  const keep = ['--inh-caps', `+${capability}`, '--ambient-caps', `+${capability}`, '--securebits', '+no_setuid_fixup'];
  return { owner, command: (file, args) => ({ file: 'setpriv', args: [...flags, ...keep, file, ...args], identity: {} }) };
}

function works(account: Account, { postgres, writable }: { postgres: string; writable: string[] }): boolean {
  // One shell tries all: the program starts (its libraries load too), and every folder can be written.
  const script = 'program=$1; shift; "$program" --version >/dev/null && for folder; do [ -w "$folder" ] || exit 1; done';
  const { file, args, identity } = account.command('/bin/sh', ['-c', script, 'probe', postgres, ...writable]);
  return spawnSync(file, args, { ...identity, cwd: '/', stdio: 'ignore' }).status === 0;
}

function lookUp(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseRole } from '../tuf/roles.ts';
import type { BundleMetadata } from '../tuf/verify.ts';
import { makeMetadata, makeRoot, type RootContent } from './make-metadata.ts';
import { fingerprint, newKeyPem, openKeyPem, type SigningKey } from './signing-key.ts';

/*
 * A maker's folder: keys/<name>.pem, root/<N>.root.json, versions.json. The three root keys belong on three sticks in three drawers; signing a
 * release needs only the keys of targets, snapshot and timestamp.
 */

const DAY_MS = 86_400_000;
/** Root lives long (it is changed by hand, with people in a room); a release must be fresh, or it may hide a newer one. */
const LIFETIME_DAYS = { root: 5 * 365, targets: 365, snapshot: 365, timestamp: 365 };
const ROOT_KEYS = ['root-1', 'root-2', 'root-3'];
const ROOT_THRESHOLD = 2;
const ONLINE = ['targets', 'snapshot', 'timestamp'] as const;

const versionsFile = z.object({ timestamp: z.number(), snapshot: z.number(), targets: z.number() });

const keyFile = (folder: string, name: string): string => join(folder, 'keys', `${name}.pem`);
const rootFile = (folder: string, version: number): string => join(folder, 'root', `${version}.root.json`);

export interface KeyOptions {
  passphrase?: string;
  now: number;
}

const openKey = (folder: string, name: string, passphrase?: string): SigningKey => {
  const file = keyFile(folder, name);
  if (!existsSync(file)) throw new Error(`The key ${name} is not in ${join(folder, 'keys')}. Put in the stick that holds it.`);
  try {
    return openKeyPem(readFileSync(file, 'utf8'), passphrase);
  } catch (cause) {
    throw new Error(`The key ${name} cannot be opened: the passphrase (ARASUL_KEY_PASSPHRASE) is missing or wrong.`, { cause });
  }
};

const makeKey = (folder: string, name: string, passphrase?: string): SigningKey => {
  const pem = newKeyPem(passphrase);
  writeFileSync(keyFile(folder, name), pem, { mode: 0o600, flag: 'wx' });
  return openKeyPem(pem, passphrase);
};

const rootContent = (version: number, now: number, root: readonly SigningKey[], online: Record<(typeof ONLINE)[number], SigningKey>): RootContent => ({
  version,
  expires: now + LIFETIME_DAYS.root * DAY_MS,
  roles: {
    root: { ids: root, threshold: ROOT_THRESHOLD },
    targets: { ids: [online.targets], threshold: 1 },
    snapshot: { ids: [online.snapshot], threshold: 1 },
    timestamp: { ids: [online.timestamp], threshold: 1 },
  },
});

/** Makes all keys and the first root. Throws when the folder holds keys already. */
export const initKeyFolder = (folder: string, { passphrase, now }: KeyOptions): { root: Buffer; fingerprint: string } => {
  for (const name of ['keys', 'root']) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  const root = ROOT_KEYS.map((name) => makeKey(folder, name, passphrase));
  const online = Object.fromEntries(ONLINE.map((name) => [name, makeKey(folder, name, passphrase)])) as Record<(typeof ONLINE)[number], SigningKey>;
  const bytes = makeRoot(rootContent(1, now, root, online), root.slice(0, ROOT_THRESHOLD));
  writeFileSync(rootFile(folder, 1), bytes);
  writeFileSync(join(folder, 'versions.json'), JSON.stringify({ timestamp: 0, snapshot: 0, targets: 0 }));
  return { root: bytes, fingerprint: rootFingerprint(bytes) };
};

/** All roots of a folder by their version. */
export const readRoots = (folder: string): Map<number, Buffer> =>
  new Map(
    readdirSync(join(folder, 'root'))
      .map((name) => /^(\d+)\.root\.json$/.exec(name)?.[1])
      .filter((version) => version !== undefined)
      .map(Number)
      .sort((a, b) => a - b)
      .map((version) => [version, readFileSync(rootFile(folder, version))]),
  );

/** What two people compare when one of them says “this is our root”: made of its root keys alone, so that it outlives all other changes. */
export const rootFingerprint = (bytes: Uint8Array): string => {
  const root = parseRole('root', bytes);
  return root.signed.roles.root!.keyIDs.map((id) => fingerprint(id).slice(0, 9)).join(' · ');
};

/** The next root: new online keys, and a new key for each root key that is named. Signed by the root before and by itself. */
export const rotateRoot = (folder: string, replace: readonly string[], { passphrase, now }: KeyOptions): { version: number; root: Buffer } => {
  const version = Math.max(...readRoots(folder).keys()) + 1;
  const before = ROOT_KEYS.map((name) => openKeyOrNull(folder, name, passphrase)).filter((key) => key !== null);
  for (const name of [...replace, ...ONLINE]) retire(folder, name, version - 1);
  const root = ROOT_KEYS.map((name) => (replace.includes(name) ? makeKey(folder, name, passphrase) : openKey(folder, name, passphrase)));
  const online = Object.fromEntries(ONLINE.map((name) => [name, makeKey(folder, name, passphrase)])) as Record<(typeof ONLINE)[number], SigningKey>;
  const signers = new Map([...before.slice(0, ROOT_THRESHOLD), ...root.slice(0, ROOT_THRESHOLD)].map((key) => [key.id, key]));
  const bytes = makeRoot(rootContent(version, now, root, online), [...signers.values()]);
  writeFileSync(rootFile(folder, version), bytes);
  return { version, root: bytes };
};

const openKeyOrNull = (folder: string, name: string, passphrase?: string): SigningKey | null =>
  existsSync(keyFile(folder, name)) ? openKey(folder, name, passphrase) : null;

const retire = (folder: string, name: string, version: number): void => {
  const file = keyFile(folder, name);
  if (!existsSync(file)) return;
  const old = readFileSync(file);
  writeFileSync(keyFile(folder, `${name}.until-root-${version}`), old, { mode: 0o600 });
  rmSync(file);
};

/** Signs a `release.json` as the folder's next release, and counts up. */
export const signRelease = (folder: string, release: Buffer, { passphrase, now }: KeyOptions): BundleMetadata => {
  const file = join(folder, 'versions.json');
  const last = versionsFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const versions = { timestamp: last.timestamp + 1, snapshot: last.snapshot + 1, targets: last.targets + 1 };
  const key = (name: (typeof ONLINE)[number]): SigningKey[] => [openKey(folder, name, passphrase)];
  const expires = {
    timestamp: now + LIFETIME_DAYS.timestamp * DAY_MS,
    snapshot: now + LIFETIME_DAYS.snapshot * DAY_MS,
    targets: now + LIFETIME_DAYS.targets * DAY_MS,
  };
  const metadata = makeMetadata(release, {
    versions,
    expires,
    keys: { timestamp: key('timestamp'), snapshot: key('snapshot'), targets: key('targets') },
    roots: readRoots(folder),
  });
  writeFileSync(file, JSON.stringify(versions));
  return metadata;
};

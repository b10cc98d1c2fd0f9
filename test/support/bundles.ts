import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReleaseManifest } from '#contracts';
import {
  makeMetadata,
  makeRoot,
  manifestBytes,
  newKeyPem,
  openKeyPem,
  tarHeader,
  type BundleMetadata,
  type ReleaseMetadata,
  type RootContent,
  type SigningKey,
  type TrustState,
} from '#updates';

/** Makes bundles in memory, honest and forged ones. */

export const DAY = 86_400_000;
/** When everything below was signed. */
export const NOW = Date.parse('2026-11-25T10:00:00Z');

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const newKey = (): SigningKey => openKeyPem(newKeyPem());

export interface Maker {
  rootKeys: SigningKey[];
  online: Record<'targets' | 'snapshot' | 'timestamp', SigningKey>;
  root: Buffer;
}

export const rootOf = (rootKeys: SigningKey[], online: Maker['online'], more: Partial<RootContent> = {}): RootContent => ({
  version: 1,
  expires: NOW + 1000 * DAY,
  roles: {
    root: { ids: rootKeys, threshold: 2 },
    targets: { ids: [online.targets], threshold: 1 },
    snapshot: { ids: [online.snapshot], threshold: 1 },
    timestamp: { ids: [online.timestamp], threshold: 1 },
  },
  ...more,
});

export const newMaker = (): Maker => {
  const rootKeys = [newKey(), newKey(), newKey()];
  const online = { targets: newKey(), snapshot: newKey(), timestamp: newKey() };
  return { rootKeys, online, root: makeRoot(rootOf(rootKeys, online), rootKeys.slice(0, 2)) };
};

/** What a box remembers that trusts this maker and has seen nothing of theirs yet. */
export const trusting = ({ root }: Maker, versions = { timestamp: 0, snapshot: 0, targets: 0 }): TrustState => ({ root, versions });

export const FILES: Record<string, Buffer> = {
  'dist/launcher.js': Buffer.from('export const launch = () => 0;\n'),
  'runtime/bin/node': randomBytes(3_000),
  'docs/readme.md': Buffer.from('# Arasul\n'),
};

export const manifestOf = (more: Partial<ReleaseManifest> = {}, files = FILES): ReleaseManifest => ({
  format: 1,
  product: 'arasul',
  version: '0.2.0',
  os: 'linux',
  arch: 'x64',
  hardware: ['cpu'],
  minimumVersion: '0.1.0',
  changes: { en: ['Faster.'], de: ['Schneller.'] },
  components: [{ name: 'arasul', type: 'product', version: '0.2.0' }],
  migrations: ['0001_workspaces'],
  expected: { durationMs: 60_000, downtimeMs: 10_000, spaceBytes: 10_000 },
  start: { node: 'runtime/bin/node', entry: 'dist/launcher.js' },
  files: Object.entries(files).map(([path, bytes]) => ({ path, sha256: sha256(bytes), size: bytes.length, executable: path.includes('/bin/') })),
  ...more,
});

export const signingOf = ({ online, root }: Maker, more: Partial<ReleaseMetadata> = {}): ReleaseMetadata => ({
  versions: { timestamp: 5, snapshot: 5, targets: 5 },
  expires: { timestamp: NOW + 300 * DAY, snapshot: NOW + 300 * DAY, targets: NOW + 300 * DAY },
  keys: { timestamp: [online.timestamp], snapshot: [online.snapshot], targets: [online.targets] },
  roots: new Map([[1, root]]),
  ...more,
});

export type Entry = [name: string, content: Buffer];

export const objectEntries = (files: Record<string, Buffer> = FILES): Entry[] =>
  [...new Map(Object.values(files).map((bytes) => [`objects/${sha256(bytes)}`, bytes])).entries()].sort(([a], [b]) => (a < b ? -1 : 1));

export const metadataEntries = ({ roots, timestamp, snapshot, targets }: BundleMetadata): Entry[] => [
  ...[...roots].map(([version, bytes]): Entry => [`metadata/root/${String(version).padStart(4, '0')}.json`, Buffer.from(bytes)]),
  ['metadata/timestamp.json', Buffer.from(timestamp)],
  ['metadata/snapshot.json', Buffer.from(snapshot)],
  ['metadata/targets.json', Buffer.from(targets)],
];

/** An honest bundle's entries, or those of a maker who signs something else. */
export const entriesOf = (
  maker: Maker,
  {
    manifest = manifestOf(),
    signing = {},
    files = FILES,
  }: { manifest?: ReleaseManifest; signing?: Partial<ReleaseMetadata>; files?: Record<string, Buffer> } = {},
): Entry[] => {
  const release = manifestBytes(manifest);
  return [...metadataEntries(makeMetadata(release, signingOf(maker, signing))), ['release.json', release], ...objectEntries(files)];
};

const padded = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
export const tarEntry = ([name, content]: Entry): Buffer => Buffer.concat([tarHeader(name, content.length), padded(content)]);
export const END = Buffer.alloc(1024);

export const assemble = (entries: Entry[]): Buffer => Buffer.concat([...entries.map(tarEntry), END]);
export const streamOf = (bytes: Buffer, chunk = 1 << 16): AsyncIterable<Buffer> =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
    })(),
  );

/** A tar header of another kind than a plain file, with a right checksum. */
export const oddHeader = (name: string, type: string, { link = '' } = {}): Buffer => {
  const header = tarHeader('x', 0);
  header.fill(0, 0, 100);
  header.write(name, 0);
  header.write(type, 156);
  header.write(link, 157);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

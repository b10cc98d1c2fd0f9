import { MetaFile, Metadata, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models';
import type { ReleaseManifest } from '#contracts';
import { canonicalJson } from '../tuf/canonical.ts';
import { sha256Hex, signedBytes } from '../tuf/roles.ts';
import type { BundleMetadata } from '../tuf/verify.ts';
import type { SigningKey } from './signing-key.ts';

const SPEC_VERSION = '1.0.31';

type AnyMetadata = Metadata<Root | Timestamp | Snapshot | Targets>;

const signed = (metadata: AnyMetadata, keys: readonly SigningKey[]): Buffer => {
  for (const key of keys) metadata.signatures[key.id] = new Signature({ keyID: key.id, sig: key.sign(signedBytes(metadata)) });
  return Buffer.from(canonicalJson(metadata.toJSON()));
};

/** ISO 8601 without fractions, as The Update Framework wants it. */
const instantOf = (epochMs: number): string => new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');

interface RoleKeys {
  ids: readonly Pick<SigningKey, 'id' | 'publicHex'>[];
  threshold: number;
}
export interface RootContent {
  version: number;
  expires: number;
  roles: Record<'root' | 'timestamp' | 'snapshot' | 'targets', RoleKeys>;
}

/** A root, signed by `keys`: those of the root before and its own, each in full number. */
export const makeRoot = ({ version, expires, roles }: RootContent, keys: readonly SigningKey[]): Buffer => {
  const all = Object.values(roles).flatMap(({ ids }) => ids);
  const root = Root.fromJSON({
    _type: 'root',
    version,
    spec_version: SPEC_VERSION,
    expires: instantOf(expires),
    consistent_snapshot: false,
    keys: Object.fromEntries(all.map(({ id, publicHex }) => [id, { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: publicHex } }])),
    roles: Object.fromEntries(Object.entries(roles).map(([name, { ids, threshold }]) => [name, { keyids: ids.map(({ id }) => id), threshold }])),
  });
  return signed(new Metadata(root), keys);
};

const metaOf = (version: number, bytes: Buffer): MetaFile => new MetaFile({ version, length: bytes.length, hashes: { sha256: sha256Hex(bytes) } });

export interface ReleaseMetadata {
  versions: { timestamp: number; snapshot: number; targets: number };
  expires: { timestamp: number; snapshot: number; targets: number };
  keys: { timestamp: readonly SigningKey[]; snapshot: readonly SigningKey[]; targets: readonly SigningKey[] };
  roots: BundleMetadata['roots'];
}

/** The metadata of a bundle whose one target is this `release.json`. */
export const makeMetadata = (release: Buffer, { versions, expires, keys, roots }: ReleaseMetadata): BundleMetadata => {
  const { product, version, arch, hardware } = JSON.parse(release.toString('utf8')) as ReleaseManifest;
  const path = `${product}/${version}/${arch}-${hardware.join('+')}/release.json`;
  const target = new TargetFile({
    path,
    length: release.length,
    hashes: { sha256: sha256Hex(release) },
    unrecognizedFields: { custom: { product, version, arch, hardware } },
  });
  const common = (role: 'timestamp' | 'snapshot' | 'targets') => ({ version: versions[role], specVersion: SPEC_VERSION, expires: instantOf(expires[role]) });
  const targets = signed(new Metadata(new Targets({ ...common('targets'), targets: { [path]: target } })), keys.targets);
  const snapshot = signed(new Metadata(new Snapshot({ ...common('snapshot'), meta: { 'targets.json': metaOf(versions.targets, targets) } })), keys.snapshot);
  const timestamp = signed(new Metadata(new Timestamp({ ...common('timestamp'), snapshotMeta: metaOf(versions.snapshot, snapshot) })), keys.timestamp);
  return { roots, timestamp, snapshot, targets };
};

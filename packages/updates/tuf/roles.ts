import { Metadata, MetadataKind, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { refused } from '../refuse.ts';
import { canonicalJson } from './canonical.ts';

export type RoleName = 'root' | 'timestamp' | 'snapshot' | 'targets';
interface Kinds {
  root: Root;
  timestamp: Timestamp;
  snapshot: Snapshot;
  targets: Targets;
}
const KINDS = { root: MetadataKind.Root, timestamp: MetadataKind.Timestamp, snapshot: MetadataKind.Snapshot, targets: MetadataKind.Targets } as const;

const ED25519_DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A key's id: the hash of what it is, so that one key cannot stand under two names and count twice. */
export const keyIdOf = (publicHex: string): string => sha256Hex(canonicalJson({ keytype: 'ed25519', keyval: { public: publicHex }, scheme: 'ed25519' }));

/** Parses one role's file. The bytes must be the canonical ones: whatever was changed outside the signed part shows, too. Errors: `update_refused`. */
export const parseRole = <Name extends RoleName>(name: Name, bytes: Uint8Array): Metadata<Kinds[Name]> => {
  try {
    const text = Buffer.from(bytes).toString('utf8');
    const json = JSON.parse(text) as { signatures: { keyid: string; sig: string }[]; signed: unknown };
    if (canonicalJson(json) !== text) throw new Error('not in canonical form');
    if (Object.keys(json).sort().join() !== 'signatures,signed') throw new Error('unexpected fields');
    for (const { sig } of json.signatures) if (!/^[0-9a-f]{128}$/.test(sig)) throw new Error('a signature is not one of Ed25519');
    const metadata = Metadata.fromJSON(KINDS[name] as never, json as never) as unknown as Metadata<Kinds[Name]>;
    if (metadata.signed.type === MetadataKind.Root) checkKeys(metadata.signed);
    return metadata;
  } catch (cause) {
    throw refused('damaged', `The bundle's ${name} metadata cannot be read; the file is damaged. Copy it again from its source.`, cause);
  }
};

const checkKeys = (root: Root): void => {
  for (const [id, key] of Object.entries(root.keys)) {
    if (key.keyType !== 'ed25519' || key.scheme !== 'ed25519' || keyIdOf(key.keyVal.public ?? '') !== id)
      throw new Error(`key ${id} is not what its name says`);
  }
  for (const name of ['root', 'timestamp', 'snapshot', 'targets']) {
    const role = root.roles[name];
    if (!role || role.threshold < 1 || new Set(role.keyIDs).size < role.threshold) throw new Error(`role ${name} can never be signed`);
  }
};

/** The bytes that signatures of a role are over. */
export const signedBytes = (metadata: Metadata<Root | Timestamp | Snapshot | Targets>): Buffer => Buffer.from(canonicalJson(metadata.signed.toJSON()));

/** How many different keys of `role` in `root` signed this, and how many it takes. */
export const countSignatures = (
  root: Root,
  role: RoleName,
  metadata: Metadata<Root | Timestamp | Snapshot | Targets>,
): { valid: number; needed: number; named: number } => {
  const { keyIDs, threshold } = root.roles[role]!;
  const bytes = signedBytes(metadata);
  const named = [...new Set(keyIDs)].filter((id) => metadata.signatures[id] !== undefined && root.keys[id] !== undefined);
  const valid = named.filter((id) => {
    const key = createPublicKey({ key: Buffer.concat([ED25519_DER_PREFIX, Buffer.from(root.keys[id]!.keyVal.public!, 'hex')]), format: 'der', type: 'spki' });
    return verify(null, bytes, key, Buffer.from(metadata.signatures[id]!.sig, 'hex'));
  });
  return { valid: valid.length, needed: threshold, named: named.length };
};

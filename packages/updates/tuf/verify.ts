import type { Metadata, MetaFile, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { z } from 'zod';
import { refused } from '../refuse.ts';
import { MAX_ROOTS, MAX_VERSION_LEAP } from './limits.ts';
import { countSignatures, parseRole, sha256Hex, type RoleName } from './roles.ts';

/** What a box remembers of one source of releases, outside any release. */
export interface TrustState {
  /** The root in force, as it was signed. */
  root: Uint8Array;
  /** Highest version seen of each role; 0 is none yet. */
  versions: { timestamp: number; snapshot: number; targets: number };
}

/** A bundle's metadata, as bytes. */
export interface BundleMetadata {
  /** By version, from the first on or from any later one. */
  roots: ReadonlyMap<number, Uint8Array>;
  timestamp: Uint8Array;
  snapshot: Uint8Array;
  targets: Uint8Array;
}

const targetCustom = z.object({ product: z.string(), version: z.string(), arch: z.string(), hardware: z.array(z.string()) });
export interface SignedTarget {
  path: string;
  length: number;
  sha256: string;
  custom: z.infer<typeof targetCustom>;
}

export interface Verified {
  /** What is to be remembered once the bundle as a whole was found good. */
  next: TrustState;
  targets: SignedTarget[];
  expires: string;
}

/**
 * The client's walk of The Update Framework: root chain, timestamp, snapshot, targets; signatures before meaning, hashes before parsing.
 * Pure: `now` is the latest time ever seen, epoch milliseconds. Errors: `update_refused`.
 */
export const verifyMetadata = (state: TrustState, bundle: BundleMetadata, now: number): Verified => {
  const { root, bytes: rootBytes, keysChanged } = followRoots(state, bundle.roots);
  notExpired('root', root, now);

  // Fast-forward recovery: whoever held the old keys may have burnt the version numbers, so new keys count anew.
  const seen = {
    timestamp: keysChanged.timestamp || keysChanged.snapshot ? 0 : state.versions.timestamp,
    snapshot: keysChanged.timestamp || keysChanged.snapshot ? 0 : state.versions.snapshot,
    targets: keysChanged.targets ? 0 : state.versions.targets,
  };

  const timestamp = parseRole('timestamp', bundle.timestamp);
  signedBy(root, 'timestamp', timestamp);
  notOlder('timestamp', timestamp.signed.version, seen.timestamp);
  const { snapshotMeta } = timestamp.signed;
  notOlder('snapshot', snapshotMeta.version, seen.snapshot);
  notExpired('timestamp', timestamp.signed, now);

  sameBytes('snapshot', snapshotMeta, bundle.snapshot);
  const snapshot = parseRole('snapshot', bundle.snapshot);
  signedBy(root, 'snapshot', snapshot);
  sameVersion('snapshot', snapshotMeta, snapshot.signed.version);
  const targetsMeta = snapshot.signed.meta['targets.json'];
  if (!targetsMeta)
    throw refused('mix_and_match', 'The bundle’s snapshot does not name its targets; its parts do not belong together. Get the bundle anew from its maker.');
  notOlder('targets', targetsMeta.version, seen.targets);
  notExpired('snapshot', snapshot.signed, now);

  sameBytes('targets', targetsMeta, bundle.targets);
  const targets = parseRole('targets', bundle.targets);
  signedBy(root, 'targets', targets);
  sameVersion('targets', targetsMeta, targets.signed.version);
  notExpired('targets', targets.signed, now);

  return {
    next: { root: rootBytes, versions: { timestamp: timestamp.signed.version, snapshot: snapshot.signed.version, targets: targets.signed.version } },
    targets: listTargets(targets.signed),
    expires: [root.expires, timestamp.signed.expires, snapshot.signed.expires, targets.signed.expires].sort()[0]!,
  };
};

const followRoots = (state: TrustState, roots: BundleMetadata['roots']) => {
  const trusted = parseRole('root', state.root);
  const first = trusted.signed;
  checkKnownRoots(first.version, state.root, roots);
  let current = first;
  let bytes = state.root;
  for (let version = first.version + 1; roots.has(version); version += 1) {
    if (version - first.version > MAX_ROOTS)
      throw refused('endless_data', `The bundle carries more than ${MAX_ROOTS} new roots. That is no honest bundle; nothing of it was taken.`);
    const nextBytes = roots.get(version)!;
    const next = parseRole('root', nextBytes);
    // Both the keys of before and the new ones must agree, each in full number.
    for (const [signer, whose] of [
      [current, 'the keys of root'],
      [next.signed, 'its own keys, root'],
    ] as const) {
      const { valid, needed } = countSignatures(signer, 'root', next);
      if (valid < needed) {
        throw refused(
          valid === 0 ? 'arbitrary_installation' : 'key_compromise',
          `The bundle brings a new root (version ${version}) that ${valid} of ${needed} needed signatures of ${whose} ${signer.version} vouch for. A root changes only when enough of its keys agree; ask the maker by another way before you trust this file.`,
        );
      }
    }
    if (next.signed.version !== version)
      throw refused('mix_and_match', `The bundle's root ${version} calls itself version ${next.signed.version}; its parts do not belong together.`);
    current = next.signed;
    bytes = nextBytes;
  }
  const highest = Math.max(0, ...roots.keys());
  if (highest > current.version)
    throw refused('mix_and_match', `The bundle's chain of roots has a gap after version ${current.version}; its parts do not belong together.`);
  const changed = (role: RoleName): boolean => [...first.roles[role]!.keyIDs].sort().join() !== [...current.roles[role]!.keyIDs].sort().join();
  return { root: current, bytes, keysChanged: { timestamp: changed('timestamp'), snapshot: changed('snapshot'), targets: changed('targets') } };
};

/** Roots up to the one in force are not needed, but they must be what they were: nothing in a bundle goes unchecked. */
const checkKnownRoots = (version: number, bytes: Uint8Array, roots: BundleMetadata['roots']): void => {
  for (const [known, found] of roots) {
    if (known > version) continue;
    const root = parseRole('root', found);
    const { valid, needed, named } = countSignatures(root.signed, 'root', root);
    if (valid < needed || valid < named || root.signed.version !== known)
      throw refused('damaged', `The bundle's root ${known} is damaged or was changed after signing. Copy the bundle again from its source.`);
    if (known === version && !Buffer.from(found).equals(bytes))
      throw refused(
        'arbitrary_installation',
        `Nobody whom this box trusts signed this bundle: its root ${known} is not the one that this box knows. Get the bundle from its maker; if the maker is new, add their root on the Updates page.`,
      );
  }
};

const signedBy = (root: Root, role: RoleName, metadata: Metadata<Timestamp | Snapshot | Targets>): void => {
  const { valid, needed, named } = countSignatures(root, role, metadata);
  if (valid >= needed && named === valid) return;
  if (valid === 0 && named === 0)
    throw refused(
      'arbitrary_installation',
      `Nobody whom this box trusts signed this bundle (its ${role} metadata bears no known key). Get the bundle from its maker; if the maker is new, add their root on the Updates page.`,
    );
  if (valid < named)
    throw refused(
      'damaged',
      `A signature of the bundle's ${role} metadata does not fit its content: the file is damaged or was changed after signing. Copy it again from its source.`,
    );
  throw refused(
    'key_compromise',
    `The bundle's ${role} metadata bears ${valid} of the ${needed} signatures that it takes. One key alone is not enough; ask the maker by another way before you trust this file.`,
  );
};

const notOlder = (role: RoleName, version: number, seen: number): void => {
  if (version < seen)
    throw refused(
      'rollback',
      `The bundle's ${role} metadata is version ${version}, and this box has already seen ${seen}: it is an older bundle, or one made to look so. Use the latest; to return to an earlier release, use “Roll back”.`,
    );
  if (version > seen + MAX_VERSION_LEAP)
    throw refused(
      'fast_forward',
      `The bundle's ${role} metadata is version ${version}, ${version - seen} ahead of the last one seen. Taking it would lock out every honest update after it; ask the maker whether a key was stolen.`,
    );
};

const notExpired = (role: RoleName, signed: Pick<Root, 'expires'>, now: number): void => {
  if (Date.parse(signed.expires) > now) return;
  throw refused(
    'indefinite_freeze',
    `The bundle's ${role} metadata was good until ${signed.expires.slice(0, 10)}, and this box has seen ${new Date(now).toISOString().slice(0, 10)}. An old bundle may hide that there is a newer one: get a fresh one from its maker.`,
  );
};

const sameBytes = (role: RoleName, meta: MetaFile, bytes: Uint8Array): void => {
  const wanted = meta.hashes?.sha256;
  if (wanted !== undefined && meta.length === bytes.byteLength && wanted === sha256Hex(bytes)) return;
  throw refused(
    'mix_and_match',
    `The bundle's ${role} metadata is not the one that the rest of it was signed with: parts of different bundles were put together, or the file is damaged. Get the bundle anew from its maker.`,
  );
};

const sameVersion = (role: RoleName, meta: MetaFile, version: number): void => {
  if (meta.version === version) return;
  throw refused(
    'mix_and_match',
    `The bundle's ${role} metadata is version ${version}, and ${meta.version} was signed for: parts of different bundles were put together. Get the bundle anew from its maker.`,
  );
};

const listTargets = (targets: Targets): SignedTarget[] =>
  Object.entries(targets.targets).flatMap(([path, file]) => {
    const custom = targetCustom.safeParse(file.unrecognizedFields.custom);
    const sha256 = file.hashes.sha256;
    return custom.success && sha256 !== undefined ? [{ path, length: file.length, sha256, custom: custom.data }] : [];
  });

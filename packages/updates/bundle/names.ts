import { METADATA_LIMITS } from '../tuf/limits.ts';

export const MANIFEST_ENTRY = 'release.json';
/** A release of ten thousand files takes 1.6 MB. */
export const MANIFEST_LIMIT_BYTES = 32_000_000;

export const rootEntry = (version: number): string => `metadata/root/${String(version).padStart(4, '0')}.json`;
export const roleEntry = (role: 'timestamp' | 'snapshot' | 'targets'): string => `metadata/${role}.json`;
export const objectEntry = (sha256: string): string => `objects/${sha256}`;

export type EntryKind =
  | { kind: 'root'; version: number; order: 0; limit: number }
  | { kind: 'timestamp' | 'snapshot' | 'targets'; order: 1 | 2 | 3; limit: number }
  | { kind: 'manifest'; order: 4; limit: number }
  | { kind: 'object'; sha256: string; order: 5 };

const ORDER = { timestamp: 1, snapshot: 2, targets: 3 } as const;

/** What an entry of that name is; null when a bundle has no such entry (names are exact, case included). */
export const entryKind = (name: string): EntryKind | null => {
  const root = /^metadata\/root\/(\d{4})\.json$/.exec(name)?.[1];
  if (root !== undefined && Number(root) > 0) return { kind: 'root', version: Number(root), order: 0, limit: METADATA_LIMITS.root };
  for (const role of ['timestamp', 'snapshot', 'targets'] as const)
    if (name === roleEntry(role)) return { kind: role, order: ORDER[role], limit: METADATA_LIMITS[role] };
  if (name === MANIFEST_ENTRY) return { kind: 'manifest', order: 4, limit: MANIFEST_LIMIT_BYTES };
  const object = /^objects\/([0-9a-f]{64})$/.exec(name)?.[1];
  return object === undefined ? null : { kind: 'object', sha256: object, order: 5 };
};

import type { Readable } from 'node:stream';

/** A place that backups are kept in: names of `a-z0-9.-/`, contents that are there whole or not at all. */
export interface BackupTarget {
  /** Whether `name` is there, or was written and waits for `flush`. */
  has(name: string): Promise<boolean>;
  /** Everything below `prefix`, in no order. */
  list(prefix: string): AsyncIterable<{ name: string; sizeBytes: number }>;
  /**
   * Stores a content and returns its size. Others may see it only after `flush`, and never before it is whole and safe.
   * Errors: `disk_full`, `backup_target_away`, whatever the content fails with.
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<number>;
  /** Resolves when all that was written is safe and seen: making many contents safe at once is what makes small ones quick. */
  flush(): Promise<void>;
  /** Errors: `not_found`, `backup_target_away`. */
  read(name: string): Promise<Readable>;
  /** Removing what is not there is fine. */
  remove(name: string): Promise<void>;
  /** Bytes that fit in, where the place can tell. */
  freeBytes(): Promise<number | null>;
}

/** The part of a target below `folder`. */
export const withinTarget = (target: BackupTarget, folder: string): BackupTarget => ({
  ...target,
  has: (name) => target.has(`${folder}/${name}`),
  async *list(prefix) {
    for await (const { name, sizeBytes } of target.list(`${folder}/${prefix}`)) yield { name: name.slice(folder.length + 1), sizeBytes };
  },
  write: (name, content) => target.write(`${folder}/${name}`, content),
  read: (name) => target.read(`${folder}/${name}`),
  remove: (name) => target.remove(`${folder}/${name}`),
});

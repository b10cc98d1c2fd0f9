import type { Readable } from 'node:stream';

/** A place that backups are kept in: names of `a-z0-9.-/`, contents that are there whole or not at all. */
export interface BackupTarget {
  /** Whether `name` is there. */
  has(name: string): Promise<boolean>;
  /** Everything below `prefix`, in no order. */
  list(prefix: string): AsyncIterable<{ name: string; sizeBytes: number }>;
  /**
   * Stores a content; whoever looks sees nothing of it before it is whole and safe. Returns its size.
   * Errors: `disk_full`, `backup_target_away`.
   */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<number>;
  /** Errors: `not_found`, `backup_target_away`. */
  read(name: string): Promise<Readable>;
  /** Removing what is not there is fine. */
  remove(name: string): Promise<void>;
  /** Bytes that fit in, where the place can tell. */
  freeBytes(): Promise<number | null>;
}

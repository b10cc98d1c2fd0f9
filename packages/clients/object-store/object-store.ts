import type { Readable } from 'node:stream';

/** What a finished upload is known by. */
export interface StoredContent {
  /** Hex. Also where the content lies: the same bytes are stored once. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Bytes that were received in full and are safe on disk, but not yet in their place. Ends with `keep` or `discard`. */
export interface ReceivedContent extends StoredContent {
  /** Puts the content in its place and returns its path. Does nothing when the same content lies there already. */
  keep(): Promise<string>;
  discard(): Promise<void>;
}

export interface ReceiveOptions {
  /** Throws `document_too_large` as soon as more arrives. */
  readonly maxBytes: number;
  /** Bytes that are announced, so that a full disk is told before the first one is written. */
  readonly expectedBytes?: number;
  readonly signal?: AbortSignal;
}

export interface LinkOptions {
  readonly forMs: number;
  /** `Content-Disposition`. */
  readonly disposition?: string;
  /** `Content-Type`. */
  readonly type?: string;
}

/** Originals, addressed by their content. Paths are relative and the same in every adapter. */
export interface ObjectStore {
  /**
   * Receives a stream while hashing it. On any error nothing is left behind.
   * Errors: `document_too_large`, `disk_full` (before and during), whatever the stream fails with.
   */
  receive(stream: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<ReceivedContent>;
  /** Bytes `start` to `end` (inclusive), or all. Fails with `not_found` before the first byte. */
  read(path: string, range?: { start: number; end: number }): Promise<Readable>;
  /** A file on this machine that holds the object, for parsers that read at will. */
  localFile(path: string): Promise<string>;
  /** Removing what is not there is fine. */
  remove(path: string): Promise<void>;
  /** Every object that is older than `olderThanMs`, in no order. */
  list(options: { olderThanMs: number }): AsyncIterable<string>;
  /**
   * An address that anybody can read the object from for so long; null when only the box itself can read it. The store sends the
   * type and the disposition that are given here.
   */
  link(path: string, options: LinkOptions): Promise<string | null>;
  /** Throws `disk_full`, with the numbers, when `bytes` more cannot be stored. */
  requireSpace(bytes: number): Promise<void>;
}

/** Where content lies: two levels of folders keep each small. */
export const pathOf = (sha256: string): string => `${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;

import type { TextPage } from '#retrieval';

/** A stored original, opened for reading. Works from any thread of the process that holds the descriptor. */
export interface Source {
  readonly fd: number;
  readonly sizeBytes: number;
  /** Given by its owner for a file that asks for one. Never logged, never stored in clear. */
  readonly password?: string;
}

/** A file inside of a document: of an archive, of an e-mail. It becomes a document of its own. */
export interface Attachment {
  /** Its name, with its folders where it has some. */
  readonly path: string;
  /** Unpacked, as far as the container says. */
  readonly sizeBytes: number;
  readonly isEncrypted?: boolean;
  /** Part of the looks of what holds it, not worth a document. */
  readonly isFurniture?: boolean;
  /** One of both. */
  bytes?(): Promise<Uint8Array>;
  stream?(): Promise<AsyncIterable<Uint8Array>>;
}

/** A document whose pages can be read one by one. */
export interface OpenedDocument {
  readonly pageCount: number;
  /** From the document's own metadata, when it is worth showing. */
  readonly title?: string;
  /** 1-based. Throws whatever the format's reader throws; another page may still be read afterwards. */
  readPage(number: number): Promise<TextPage>;
  /** In an order that stays the same. */
  readonly attachments?: readonly Attachment[];
  close(): Promise<void>;
}

/** One kind of file. To add one, write a module with this shape and name it in `formats/index.ts`. */
export interface Format {
  readonly mimeTypes: readonly string[];
  /** Whether pages can be read independently, so that several threads may share the work. */
  readonly hasPages: boolean;
  /** Whether what was read is kept page by page, because no browser shows the original. */
  readonly keepsPages?: boolean;
  /** Throws `UnreadableDocument` with the reason that its owner is told. */
  open(source: Source): Promise<OpenedDocument>;
}

export type UnreadableReason =
  'document_encrypted' | 'document_password_wrong' | 'document_empty' | 'document_broken' | 'document_too_large' | 'document_unsafe';

/** Why a file cannot be read, in words for its owner. Trying again would not help. */
export class UnreadableDocument extends Error {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableDocument';
    this.reason = reason;
  }
}

import type { TextPage } from '#retrieval';

/** A stored original, opened for reading. Works from any thread of the process that holds the descriptor. */
export interface Source {
  readonly fd: number;
  readonly sizeBytes: number;
}

/** A document whose pages can be read one by one. */
export interface OpenedDocument {
  readonly pageCount: number;
  /** From the document's own metadata, when it is worth showing. */
  readonly title?: string;
  /** 1-based. Throws whatever the format's reader throws; another page may still be read afterwards. */
  readPage(number: number): Promise<TextPage>;
  close(): Promise<void>;
}

/** One kind of file. To add one, write a module with this shape and name it in `formats/index.ts`. */
export interface Format {
  readonly mimeTypes: readonly string[];
  /** Whether pages can be read independently, so that several threads may share the work. */
  readonly hasPages: boolean;
  /** Throws `UnreadableDocument` with the reason that its owner is told. */
  open(source: Source): Promise<OpenedDocument>;
}

export type UnreadableReason = 'document_encrypted' | 'document_scanned' | 'document_empty' | 'document_broken' | 'document_too_large';

/** Why a file cannot be read, in words for its owner. Trying again would not help. */
export class UnreadableDocument extends Error {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnreadableDocument';
    this.reason = reason;
  }
}

import type { Passage, TextPage } from '#retrieval';
import type { PageBlock } from '#contracts';
import type { UnreadableReason } from '../formats/format.ts';

/** What the service asks of a parser process, one document at a time. */
export interface ReadOrder {
  /** The stored original. */
  readonly path: string;
  readonly mimeType: string;
  /** As shown to people: passages carry it. */
  readonly filename: string;
  readonly sizeBytes: number;
  /** 1-based; pages before it were read by an earlier run. Always the first page of a segment. */
  readonly fromPage: number;
  /** 0-based; files of the document before it were taken out by an earlier run. */
  readonly fromAttachment: number;
  /** Where files of the document are put, one by one, until they are taken. */
  readonly scratchDir: string;
  readonly password?: string;
  readonly threads: number;
  readonly openTimeoutMs: number;
  readonly pageTimeoutMs: number;
  /** Heap of each reading thread. */
  readonly threadHeapMb: number;
}

/** A page as it is kept for the viewer, or to be read from its picture later. */
export interface KeptPage {
  readonly page: number;
  readonly name?: string;
  readonly head?: readonly string[];
  readonly blocks?: readonly PageBlock[];
  /** Set where the page holds no usable text: its picture is to be read. */
  readonly ocr?: 'due';
}

/** A file of the document, in the scratch folder until it is taken; or why there is none. */
export interface TakenOut {
  readonly index: number;
  /** With its folders, as the container names it. */
  readonly path: string;
  readonly file?: string;
  readonly problem?: string;
}

/** What a parser process is told. */
export type ParserOrder =
  | ({ readonly type: 'read' } & ReadOrder)
  /** The file told last is taken: the next may be put into the scratch folder. */
  | { readonly type: 'taken' };

export interface PageProblem {
  readonly page: number;
  readonly message: string;
}

/**
 * What a parser process tells, in this order: `opened`, then `progress` and `segment`s in page order, then `attachment`s, then
 * `done`; or `unreadable` or `failed` at any time.
 */
export type ReadEvent =
  | { readonly type: 'opened'; readonly pageCount: number; readonly attachments: number }
  | { readonly type: 'progress'; readonly pagesRead: number }
  | {
      readonly type: 'segment';
      readonly toPage: number;
      readonly passages: readonly Passage[];
      readonly textPages: number;
      readonly problems: readonly PageProblem[];
      readonly kept: readonly KeptPage[];
    }
  /** Nothing more comes until it is taken. */
  | ({ readonly type: 'attachment' } & TakenOut)
  | { readonly type: 'done' }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason; readonly message: string }
  /** Reading stopped for a reason that may not last: too slow, out of memory. */
  | { readonly type: 'failed'; readonly message: string; readonly page?: number };

/** A reading thread's order. `next` is shared by all: the next page (from 1) and the next file of the document (from 0) to take. */
export interface ThreadOrder {
  /** Descriptors are the whole process's. */
  readonly fd: number;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly next: SharedArrayBuffer;
  readonly scratchDir: string;
  readonly password?: string;
}

export type ThreadEvent =
  | { readonly type: 'opened'; readonly pageCount: number; readonly title?: string; readonly attachments: number }
  | { readonly type: 'began'; readonly page: number }
  | { readonly type: 'page'; readonly page: TextPage }
  | { readonly type: 'taking'; readonly index: number; readonly path: string }
  | ({ readonly type: 'attachment' } & TakenOut)
  | { readonly type: 'problem'; readonly page: number; readonly message: string }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason; readonly message: string };

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

export interface PageProblem {
  readonly page: number;
  readonly message: string;
}

/** What a parser process tells, in this order: `opened`, then `progress` and `segment`s in page order, then `done`; or `unreadable` or `failed` at any time. */
export type ReadEvent =
  | { readonly type: 'opened'; readonly pageCount: number }
  | { readonly type: 'progress'; readonly pagesRead: number }
  | {
      readonly type: 'segment';
      readonly toPage: number;
      readonly passages: readonly Passage[];
      readonly textPages: number;
      readonly problems: readonly PageProblem[];
      readonly kept: readonly KeptPage[];
    }
  | { readonly type: 'done' }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason; readonly message: string }
  /** Reading stopped for a reason that may not last: too slow, out of memory. */
  | { readonly type: 'failed'; readonly message: string; readonly page?: number };

/** A reading thread's order. `next` is shared by all: each thread takes the page whose number it finds there. */
export interface ThreadOrder {
  /** Descriptors are the whole process's. */
  readonly fd: number;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly next: SharedArrayBuffer;
}

export type ThreadEvent =
  | { readonly type: 'opened'; readonly pageCount: number; readonly title?: string }
  | { readonly type: 'began'; readonly page: number }
  | { readonly type: 'page'; readonly page: TextPage }
  | { readonly type: 'problem'; readonly page: number; readonly message: string }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason; readonly message: string };

import type { PageWord } from '#contracts';
import type { Passage } from '#retrieval';
import type { UnreadableReason } from '../formats/format.ts';

/** Which page's picture is to be read. */
export interface PictureOrder {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  /** As shown to people: passages carry it. */
  readonly filename: string;
  readonly password?: string;
  /** 1-based. */
  readonly page: number;
  /** The page has some text already: only a picture on it is worth reading, not its drawing. */
  readonly hasText: boolean;
  /** Languages by their three letters (ISO 639-2), the likeliest first. */
  readonly languages: readonly string[];
}

export interface PicturePassage extends Passage {
  /** 0..1 */
  readonly confidence: number;
}

/** What a page's picture says. Nothing, where it is blank. */
export interface ReadPicture {
  readonly passages: readonly PicturePassage[];
  readonly words: readonly PageWord[];
  /** 0..1, of all its words; null without any. */
  readonly confidence: number | null;
}

export type PictureEvent =
  | ({ readonly type: 'read' } & ReadPicture)
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** What the list of documents can be narrowed to and ordered by, as the address says it. */
export const documentFilters = ['pending', 'indexing', 'indexed', 'failed'] as const;
export type DocumentFilter = (typeof documentFilters)[number];

export const documentSorts = ['newest', 'oldest', 'name', 'size'] as const;
export type DocumentSort = (typeof documentSorts)[number];

/** Kinds of documents as people tell them apart, with the media types that they are. */
export const documentKinds = {
  pdf: ['application/pdf'],
  text: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.oasis.opendocument.text', 'text/plain', 'text/markdown'],
  sheet: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.oasis.opendocument.spreadsheet', 'text/csv'],
  slides: ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'application/vnd.oasis.opendocument.presentation'],
  mail: ['message/rfc822', 'application/vnd.ms-outlook'],
  web: ['text/html'],
  book: ['application/epub+zip'],
  picture: ['image/'],
} as const;
export type DocumentKind = keyof typeof documentKinds;

/** What a search in the documents is narrowed to; days are of the reader's calendar. */
export interface SearchFilters {
  folder?: string | undefined;
  doc?: string | undefined;
  type?: DocumentKind | undefined;
  /** ISO 639-1. */
  lang?: string | undefined;
  /** Added on this day or later. */
  since?: string | undefined;
  /** Added on this day or earlier. */
  until?: string | undefined;
  /** What the documents said at the end of this day. */
  asof?: string | undefined;
}

export interface DocumentsSearch extends SearchFilters {
  q?: string | undefined;
  status?: DocumentFilter | undefined;
  sort?: DocumentSort | undefined;
}

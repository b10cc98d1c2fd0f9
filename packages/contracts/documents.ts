import { z } from 'zod';
import { box, id, instant, pageQuery } from './common.ts';

export const documentStatuses = ['pending', 'indexing', 'indexed', 'failed'] as const;
export const documentStatus = z.enum(documentStatuses);

/** Where an indexing document is. Words are searchable from `embedding` (and page by page during `reading`) on. */
export const documentStages = ['queued', 'reading', 'recognising', 'waiting_for_model', 'embedding', 'done', 'cancelled'] as const;
export const documentStage = z.enum(documentStages);

export const documentView = z.object({
  id,
  filename: z.string(),
  mimeType: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string(),
  status: documentStatus,
  stage: documentStage,
  progress: z.number().min(0).max(1),
  etaMs: z.number().int().optional(),
  pages: z.number().int(),
  passages: z.number().int(),
  /** Passages that can be found by meaning so far. */
  embedded: z.number().int(),
  language: z.string().nullable(),
  /** Pages that are read from their pictures: how many there are, how many are left, how sure their words are (0..1). Null where there are none. */
  pictures: z.object({ pages: z.number().int(), due: z.number().int(), failed: z.number().int(), confidence: z.number().nullable() }).nullable(),
  error: z.object({ code: z.string(), message: z.string(), page: z.number().int().optional() }).optional(),
  /** Problems that did not stop the indexing, such as one unreadable page. */
  warnings: z.array(z.string()),
  /** Another document that has the same content, and whose passages stand for this one's too. */
  duplicateOf: id.nullable(),
  /** The archive or e-mail that it came in, where the reader may read that, and where in it. */
  parent: z.object({ id, filename: z.string(), path: z.string() }).nullable(),
  /** Files that were taken out of it so far. */
  attachments: z.number().int(),
  /** Counts up with each new content of the same name in the same folder. */
  revision: z.number().int(),
  /** Set for an earlier version, or one that is on its way: the document that it belongs to. */
  versionOf: id.nullable(),
  /** Versions that can still be asked for as of a date. */
  earlierVersions: z.number().int(),
  /** New content was uploaded and is being read; until then the document says what it said. */
  hasNewerComing: z.boolean(),
  /** When it began and ended to be what the document says. */
  validFrom: instant.nullable(),
  validUntil: instant.nullable(),
  ownerName: z.string().nullable(),
  /** The folder that it stands in; null when that folder is closed to the reader, who was let into the document alone. */
  folderId: id.nullable(),
  mayChange: z.boolean(),
  createdAt: instant,
  indexedAt: instant.nullable(),
});
export type DocumentView = z.infer<typeof documentView>;

export const documentVersion = z.object({
  /** Opens it like any document. */
  id,
  revision: z.number().int(),
  isCurrent: z.boolean(),
  /** Null while it is being read. */
  from: instant.nullable(),
  until: instant.nullable(),
  status: documentStatus,
  sizeBytes: z.number().int(),
  sha256: z.string(),
  error: z.string().nullable(),
});
export type DocumentVersion = z.infer<typeof documentVersion>;

export const documentQuery = pageQuery.extend({
  q: z.string().trim().max(200).optional(),
  status: documentStatus.optional(),
  /** Only what came in this archive or e-mail. */
  parentId: id.optional(),
  /** Only what stands in this folder itself. */
  folderId: id.optional(),
  /** With `folderId`: also what stands in folders below it. */
  below: z.stringbool().default(false),
  sort: z.enum(['newest', 'oldest', 'name', 'size']).default('newest'),
});

export const uploadedDocument = documentView.pick({ id: true, filename: true, status: true, sizeBytes: true, sha256: true }).extend({
  /** The document that has the same content already; nothing was indexed twice. */
  duplicateOf: id.optional(),
  /** Its content became this version of a document of the same name in the same folder, which `id` names. */
  revision: z.number().int().optional(),
});
/** The raw way to upload: the file is the request's body. What has the name of a document in the folder becomes its next version, or stands beside it. */
export const uploadQuery = z.object({
  filename: z.string().max(1000).optional(),
  folderId: id.optional(),
  sameName: z.enum(['version', 'separate']).default('version'),
});

/** Files of one upload that were refused are told beside those that were taken. */
export const uploadAnswer = z.object({
  items: z.array(uploadedDocument),
  refused: z.array(z.object({ filename: z.string(), code: z.string(), message: z.string() })).optional(),
});
export type UploadAnswer = z.infer<typeof uploadAnswer>;

/** What became of the picture of a page without usable text. */
export const pageOcr = z.enum(['due', 'done', 'empty', 'failed']);

/** A heading, a paragraph, or a row of a table. */
export const pageBlock = z.object({
  /** Empty for a row, which has cells. */
  text: z.string(),
  /** 1..6 for a heading. */
  level: z.number().int().optional(),
  cells: z.array(z.string()).optional(),
  /** The row that names the columns of those below it. */
  isHead: z.boolean().optional(),
});
export type PageBlock = z.infer<typeof pageBlock>;

/** Opens a protected document. Kept sealed until the document was read, then forgotten. */
export const documentPassword = z.object({ password: z.string().min(1).max(1_000) });

export const documentPageView = z.object({
  page: z.number().int(),
  /** The sheet, the chapter, the slide. */
  name: z.string().nullable(),
  ocr: pageOcr.nullable(),
  /** 0..1, of what was recognised in its picture. */
  confidence: z.number().nullable(),
});
export type DocumentPageView = z.infer<typeof documentPageView>;

/** A recognised word and its place, as fractions of the page. */
export const pageWord = z.object({ text: z.string(), x: z.number(), y: z.number(), w: z.number(), h: z.number(), confidence: z.number() });
export type PageWord = z.infer<typeof pageWord>;

/** A page as it was read: what is shown of formats that no browser shows. */
export const documentPageContent = documentPageView.extend({
  head: z.array(z.string()).nullable(),
  blocks: z.array(pageBlock),
  words: z.array(pageWord),
});
export type DocumentPageContent = z.infer<typeof documentPageContent>;
export const byPage = z.object({ id, page: z.coerce.number().int().min(1) });

export const passageView = z.object({
  id,
  index: z.number().int(),
  page: z.number().int(),
  pageEnd: z.number().int(),
  heading: z.string().nullable(),
  text: z.string(),
  boxes: z.array(box),
  /** 0..1 for a passage that was read from a picture; null for text. */
  ocrConfidence: z.number().nullable(),
});
/** A document's passages, in order; `page` leaves out all others. */
export const passageQuery = pageQuery.extend({ page: z.coerce.number().int().min(1).optional() });
export type PassageView = z.infer<typeof passageView>;

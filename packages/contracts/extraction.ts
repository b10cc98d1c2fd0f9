import { z } from 'zod';
import { box, id } from './common.ts';

/** What is looked for in every document: a column of the table. */
export const extractionField = z.object({
  name: z.string().trim().min(1).max(80),
  /** As one would ask a single document; its name is asked for when it is left out. */
  question: z.string().trim().min(1).max(300).optional(),
});

export const extractionRequest = z.object({
  /** The newest that are open to the reader, when none are named. */
  documentIds: z.array(id).max(100).optional(),
  folderIds: z.array(id).max(100).optional(),
  fields: z.array(extractionField).min(1).max(12),
});
export type ExtractionRequest = z.infer<typeof extractionRequest>;

/** Word for word from the document, with where it stands. */
export const extractionCell = z.object({
  /** What stands behind the field's name in a form or a table, else the sentence that fits best. */
  value: z.string(),
  quote: z.string(),
  passageId: id,
  page: z.number().int().min(1),
  boxes: z.array(box),
});
export type ExtractionCell = z.infer<typeof extractionCell>;

export const extractionTable = z.object({
  fields: z.array(z.string()),
  /** A cell is null where the document does not say it. */
  rows: z.array(z.object({ documentId: id, filename: z.string(), cells: z.array(extractionCell.nullable()) })),
  /** More documents than are read at once. */
  isCut: z.boolean(),
});
export type ExtractionTable = z.infer<typeof extractionTable>;

export const extractionFile = z.object({ format: z.enum(['csv', 'xlsx']) });

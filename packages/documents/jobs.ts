import { z } from 'zod';
import { defineJob, exponential } from '#queue';

const payload = z.object({ documentId: z.uuid() });

/** Reads a document from its first unread page on and stores its passages: they can be found by words at once. */
export const readDocument = defineJob('document.read', {
  payload,
  attempts: 4,
  backoffMs: exponential(2_000, { max: 60_000 }),
  timeoutMs: 2 * 3_600_000,
});

/** Reads pages without usable text from their pictures. Whoever runs it works through all that are due, newest document first. */
export const recogniseDocument = defineJob('document.recognise', {
  payload,
  attempts: 3,
  backoffMs: exponential(2_000, { max: 60_000 }),
  timeoutMs: 24 * 3_600_000,
});

/**
 * Gives passages their vectors. Whoever runs it works through all documents that need some, newest first, so that a new
 * upload does not wait behind a long one; the job of a document that was done on the way finds nothing left to do.
 */
export const embedDocument = defineJob('document.embed', {
  payload,
  attempts: 3,
  backoffMs: exponential(2_000, { max: 60_000 }),
  timeoutMs: 24 * 3_600_000,
});

/** Removes a deleted document for good once its owner can no longer take it back. */
export const purgeDocument = defineJob('document.purge', {
  payload,
  attempts: 5,
  backoffMs: exponential(2_000, { max: 60_000 }),
  timeoutMs: 10 * 60_000,
});

/** A deleted document can be taken back for so long. */
export const UNDO_MS = 10_000;

/** Names the work, so that the same is never in line twice. A retry is new work: the run before it may still be ending. */
export const workId = (document: { id: string; version: number }): string => `${document.id}.${document.version}`;

/** A file up to this size is read in a moment. */
const SMALL_BYTES = 1024 * 1024;
const MAX_PRIORITY = 2_097_151;

/** Small files are read before large ones, whenever they came: a note does not wait behind ten reports to be found. */
export const readingPriority = (sizeBytes: number): number | undefined =>
  sizeBytes <= SMALL_BYTES ? undefined : Math.min(MAX_PRIORITY, Math.ceil(sizeBytes / SMALL_BYTES));

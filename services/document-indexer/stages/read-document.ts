import { AppError, errorText, isAppError, type Clock, type Logger, type SecretBox } from '#kit';
import type { ErrorCode } from '#contracts';
import type { Database, Notifier } from '#db';
import { embedDocument, estimate, passwordPurpose, promoteReady, recogniseDocument, readRates, recordRates, workId, type IndexingRates } from '#documents';
import type { ObjectStore } from '#clients';
import type { Jobs } from '#queue';
import { beginReading, findForUpdate, insertPassages, isWanted, keepPages, setProgress, updateRun, type DocumentRow } from '../documents.repository.ts';
import { hasDuePictures } from '../pictures.repository.ts';
import type { ReadEvent } from '../parser/protocol.ts';
import type { Reader } from '../reading/reader.ts';
import { createTakeAttachment } from './take-attachment.ts';
import { mergeWarnings, noTextProblem, problemWarnings } from './sentences.ts';

interface Needs {
  database: Database;
  notifier: Pick<Notifier, 'publish' | 'subscribe'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'localFile' | 'receive'>;
  reader: Reader;
  secrets: Pick<SecretBox, 'open'>;
  clock: Clock;
}

interface Run {
  signal: AbortSignal;
  log: Logger;
}

/** Starts without a page stored in between: then it is the document that brings the reader down, while others wait. */
const MAX_STARTS = 2;
/** The same for every other reason, also for a start that ended the whole service and could tell nobody why. */
const MAX_STARTS_OF_ANY_END = 6;

/** The run is not wanted any more: deleted, cancelled, or taken over by a newer version. Nobody needs to be told. */
class Superseded extends Error {}

type SegmentEvent = Extract<ReadEvent, { type: 'segment' }>;

/** The reading stage: a document's pages into passages, from its first unread page on. Safe to run twice and to be killed anywhere. */
export const createReadDocument = ({ database, notifier, jobs, objects, reader, secrets, clock }: Needs) => {
  const { db } = database;
  const takeAttachment = createTakeAttachment({ database, notifier, jobs, objects });
  const changed = (on: Parameters<Notifier['publish']>[0], documentId: string) => notifier.publish(on, 'documents.changed', { documentId });

  const fail = async (document: DocumentRow, code: ErrorCode, message: string, page?: number): Promise<void> => {
    if (
      await updateRun(db, document, {
        status: 'failed',
        error_code: code,
        error_message: message,
        error_page: page ?? null,
        remaining_ms: null,
        sealed_password: null,
      })
    )
      await changed(db, document.id);
  };

  /** Puts the document back in line; the next start goes on at the page after the last one stored. */
  const putBack = async (document: DocumentRow, attempts: number): Promise<void> => {
    await updateRun(db, document, { status: 'pending', stage: 'queued', attempts });
  };

  /** Passages, page counter and warnings in one transaction: a crash leaves all of a segment or nothing. */
  const storeSegment = (document: DocumentRow, segment: SegmentEvent) =>
    database.inTransaction(async (tx) => {
      const row = await findForUpdate(tx, document.id);
      if (row === undefined || row.deleted_at !== null || row.status !== 'indexing' || row.version !== document.version || row.pages_read >= segment.toPage)
        throw new Superseded();
      await insertPassages(tx, row, row.chunk_count, segment.passages);
      await keepPages(tx, row, segment.kept);
      const chunkCount = row.chunk_count + segment.passages.length;
      await tx
        .updateTable('documents')
        .set({
          pages_read: segment.toPage,
          chunk_count: chunkCount,
          attempts: 0,
          language: segment.passages[0]?.language,
          warnings: mergeWarnings(problemWarnings(segment.problems)),
        })
        .where('id', '=', row.id)
        .execute();
      await notifier.publish(tx, 'passages.added', { documentId: row.id });
      await changed(tx, row.id);
      return chunkCount;
    });

  const complete = async (document: DocumentRow, pageCount: number, chunkCount: number, firstProblem: string | undefined): Promise<void> => {
    const hasPictures = await hasDuePictures(db, document.id);
    if (chunkCount === 0 && !hasPictures) {
      const { code, message } = noTextProblem(document.mime_type, pageCount, firstProblem);
      await fail(document, code, message);
      return;
    }
    await database.inTransaction(async (tx) => {
      const next = chunkCount === 0 ? { stage: 'recognising', progress: 0 } : { stage: 'embedding' };
      if (!(await updateRun(tx, document, { ...next, ...(hasPictures ? {} : { sealed_password: null }) }))) return;
      if (chunkCount > 0) await jobs.add(tx, embedDocument, { documentId: document.id }, { id: workId(document) });
      if (hasPictures) await jobs.add(tx, recogniseDocument, { documentId: document.id }, { id: workId(document) });
      if (chunkCount > 0) await promoteReady(tx, { notifier, jobs }, document.id);
      await changed(tx, document.id);
    });
  };

  const follow = async (document: DocumentRow, rates: IndexingRates, { signal, log }: Run): Promise<void> => {
    const path = await objects.localFile(document.minio_path);
    const began = clock.now();
    let { page_count: pageCount, pages_read: stored, chunk_count: chunkCount } = document;
    let textPages = 0;
    let firstProblem: string | undefined;
    const request = {
      path,
      sizeBytes: document.size_bytes,
      mimeType: document.mime_type,
      filename: document.filename,
      fromPage: stored + 1,
      fromAttachment: document.attachments_read,
      ...(document.sealed_password === null ? {} : { password: secrets.open(document.sealed_password, passwordPurpose(document.id)) }),
      signal,
    };
    const show = (pagesRead: number) => {
      // Pages that were read but are not passages yet count with what they will probably give.
      const passages = chunkCount + Math.round((pagesRead - stored) * rates.passagesPerPage);
      return setProgress(db, document, estimate({ sizeBytes: document.size_bytes, pageCount, pagesRead, passages, embedded: 0 }, rates));
    };

    for await (const event of reader.read(request)) {
      if (event.type === 'opened') {
        pageCount = event.pageCount;
        if (!(await updateRun(db, document, { page_count: pageCount, attachments_count: event.attachments === 0 ? null : event.attachments })))
          throw new Superseded();
        await changed(db, document.id);
      } else if (event.type === 'progress') {
        await show(event.pagesRead);
      } else if (event.type === 'segment') {
        chunkCount = await storeSegment(document, event);
        stored = event.toPage;
        textPages += event.textPages;
        firstProblem ??= problemWarnings(event.problems)[0];
        await show(stored);
      } else if (event.type === 'attachment') {
        const warning = await takeAttachment(document, event);
        if (warning !== undefined && !(await updateRun(db, document, { warnings: mergeWarnings([warning]) }))) throw new Superseded();
      } else if (event.type === 'unreadable') {
        await fail(document, event.reason, event.message);
        return;
      } else if (event.type === 'failed') {
        throw new AppError('document_timeout', { message: event.message, details: { page: event.page } });
      }
    }
    await complete(document, pageCount, chunkCount, firstProblem);
    const pages = stored - document.pages_read;
    if (pages > 0)
      await recordRates(db, document.mime_type, { msPerPage: (clock.now() - began) / pages, passagesPerPage: (chunkCount - document.chunk_count) / pages });
    log.info({ pages, textPages, passages: chunkCount - document.chunk_count, durationMs: clock.now() - began }, 'a document was read');
  };

  return async ({ documentId }: { documentId: string }, run: Run): Promise<void> => {
    const document = await beginReading(db, documentId);
    if (document === undefined) return;
    if (document.attempts > MAX_STARTS_OF_ANY_END) {
      await fail(
        document,
        'document_broken',
        `Reading it ended the service ${MAX_STARTS_OF_ANY_END} times before a page was read. It is left alone now; try again after an update, or upload another copy.`,
      );
      return;
    }
    await changed(db, documentId);
    const unwanted = new AbortController();
    const unsubscribe = notifier.subscribe('documents.changed', (change) => {
      if (change.documentId !== documentId) return;
      void isWanted(db, document).then(
        (wanted) => {
          if (!wanted) unwanted.abort(new Superseded());
        },
        () => undefined, // the database is away: the next segment tells
      );
    });
    try {
      const rates = await readRates(db, document.mime_type);
      await follow(document, rates, { ...run, signal: AbortSignal.any([run.signal, unwanted.signal]) });
    } catch (error) {
      if (error instanceof Superseded) return;
      if (run.signal.aborted) {
        // Stopped from outside, which says nothing about the document.
        await putBack(document, document.attempts - 1);
        throw error;
      }
      if (isAppError(error, 'document_timeout') && document.attempts >= MAX_STARTS) {
        await fail(document, error.code, error.message, (error.details as { page?: number } | undefined)?.page);
        return;
      }
      if (isAppError(error, 'not_found')) {
        await fail(document, 'document_broken', `${errorText(error)} Upload it again.`);
        return;
      }
      if (document.attempts >= MAX_STARTS_OF_ANY_END) {
        await fail(
          document,
          'document_broken',
          `Reading it failed ${MAX_STARTS_OF_ANY_END} times, the last time so: ${errorText(error).replace(/\.$/u, '')}. Try again, or upload it again.`,
        );
        return;
      }
      await putBack(document, document.attempts);
      throw error;
    } finally {
      unsubscribe();
    }
  };
};

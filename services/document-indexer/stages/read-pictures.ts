import { isAppError, type Clock, type Logger, type SecretBox } from '#kit';
import type { ObjectStore } from '#clients';
import type { Database, Notifier } from '#db';
import { embedDocument, passwordPurpose, promoteReady, readRates, recordRates, workId } from '#documents';
import type { Jobs } from '#queue';
import { findDocument, setProgress, updateRun, type DocumentRow } from '../documents.repository.ts';
import {
  areWordsWaiting,
  beginPicture,
  countPictures,
  failPicture,
  findNextPicture,
  listLookedThrough,
  storePicture,
  takeBackStart,
} from '../pictures.repository.ts';
import type { PictureReader } from '../pictures/picture-reader.ts';
import { noTextProblem } from './sentences.ts';

interface Needs {
  database: Database;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'localFile'>;
  pictures: Pick<PictureReader, 'read'>;
  languages: () => readonly string[];
  secrets: Pick<SecretBox, 'open'>;
  clock: Clock;
}

interface Run {
  signal: AbortSignal;
  log: Logger;
}

type NextPicture = NonNullable<Awaited<ReturnType<typeof findNextPicture>>>;

/** A page that took the process down so often is given up. */
const MAX_STARTS = 2;
const LOOK_EVERY_MS = 500;
/** However many words come in: a page is read once in so long. */
const MAX_PATIENCE_MS = 60_000;

/**
 * Pages without usable text, read from their pictures: behind the words of all documents, newest document first, page by page.
 * Each page is kept as it comes, so that it can be killed anywhere.
 */
export const createReadPictures = ({ database, notifier, jobs, objects, pictures, languages, secrets, clock }: Needs) => {
  const { db } = database;
  const changed = (on: Parameters<Notifier['publish']>[0], documentId: string) => notifier.publish(on, 'documents.changed', { documentId });

  const letWordsGoFirst = async (signal: AbortSignal): Promise<void> => {
    for (let waitedMs = 0; waitedMs < MAX_PATIENCE_MS && (await areWordsWaiting(db)); waitedMs += LOOK_EVERY_MS) await clock.sleep(LOOK_EVERY_MS, signal);
  };

  const giveUp = (document: DocumentRow, page: number, why: string): Promise<void> => database.inTransaction((tx) => failPicture(tx, document.id, page, why));

  const readOne = async (document: DocumentRow, { page, has_text }: NextPicture, { signal, log }: Run): Promise<void> => {
    if ((await beginPicture(db, document.id, page)) > MAX_STARTS) return giveUp(document, page, 'reading it ended the process each time');
    const began = clock.now();
    try {
      const read = await pictures.read(
        {
          path: await objects.localFile(document.minio_path),
          sizeBytes: document.size_bytes,
          mimeType: document.mime_type,
          filename: document.filename,
          ...(document.sealed_password === null ? {} : { password: secrets.open(document.sealed_password, passwordPurpose(document.id)) }),
          page,
          hasText: has_text,
          languages: languages(),
        },
        signal,
      );
      await database.inTransaction(async (tx) => {
        if (!(await storePicture(tx, document.id, page, read))) return;
        if (read.passages.length > 0) await notifier.publish(tx, 'passages.added', { documentId: document.id });
        await changed(tx, document.id);
      });
      if (read.words.length > 0) await recordRates(db, '', { msPerPicture: clock.now() - began });
    } catch (error) {
      if (signal.aborted) {
        await takeBackStart(db, document.id, page);
        throw error;
      }
      if (!isAppError(error, 'document_timeout') && !isAppError(error, 'not_found')) throw error;
      log.warn({ documentId: document.id, page, reason: error.message }, 'a picture could not be read');
      await giveUp(document, page, error.message);
    }
  };

  const showProgress = async (document: DocumentRow): Promise<number> => {
    const { pages, due } = await countPictures(db, document.id);
    const { msPerPicture } = await readRates(db, document.mime_type);
    if (document.stage === 'recognising') await setProgress(db, document, { progress: (pages - due) / pages, remainingMs: due * msPerPicture });
    return due;
  };

  /** All pictures of a document were looked at. */
  const finish = async (id: string): Promise<void> => {
    const document = await findDocument(db, id);
    if (document === undefined || document.deleted_at !== null) return;
    await database.inTransaction(async (tx) => {
      await tx.updateTable('documents').set({ sealed_password: null }).where('id', '=', id).execute();
      if (document.stage === 'recognising' && document.chunk_count === 0) {
        const { code, message } = noTextProblem(document.mime_type, document.page_count, undefined);
        await updateRun(tx, document, { status: 'failed', error_code: code, error_message: message, remaining_ms: null });
      } else {
        if (document.stage === 'recognising') await updateRun(tx, document, { stage: 'embedding' });
        await jobs.add(tx, embedDocument, { documentId: id }, { id: `${workId(document)}.pictures` });
        await promoteReady(tx, { notifier, jobs }, id);
      }
      await changed(tx, id);
    });
  };

  return async (_payload: { documentId: string }, run: Run): Promise<void> => {
    for (const { id } of await listLookedThrough(db)) await finish(id);
    for (;;) {
      run.signal.throwIfAborted();
      await letWordsGoFirst(run.signal);
      const next = await findNextPicture(db);
      if (next === undefined) return;
      const document = await findDocument(db, next.id);
      if (document === undefined) continue;
      await readOne(document, next, run);
      if ((await showProgress(document)) === 0) await finish(document.id);
    }
  };
};

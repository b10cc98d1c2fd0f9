import type { Readable } from 'node:stream';
import type { UploadAnswer } from '#contracts';
import { formatBytes, type ObjectStore, type ReceivedContent } from '#clients';
import type { Database, Notifier } from '#db';
import { findPredecessor, lockContent, takeIn } from '#documents';
import { beginDetection, HEAD_BYTES, originalName, safeFilename } from '#file-types';
import { AppError, isAppError } from '#kit';
import type { Jobs } from '#queue';
import type { Principal } from '../../http/index.ts';
import type { FoldersService } from '../folders/index.ts';
import type { DocumentsRepository } from './documents.repository.ts';

interface Needs {
  database: Pick<Database, 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'receive' | 'requireSpace'>;
  documents: DocumentsRepository;
  folders: Pick<FoldersService, 'requireMayAdd'>;
  settings: () => { maxUploadBytes: number };
}

interface Upload {
  readonly name: string;
  readonly stream: AsyncIterable<Uint8Array> | Readable;
  /** Announced length, when the sender told it. */
  readonly expectedBytes?: number;
  /** Give back the document that has this content already instead of linking another one to it. */
  readonly reuse?: boolean;
  /** Where it is put; the shared folder, when it is left out. */
  readonly folderId?: string;
  /** What becomes of a file with the name of a document in the folder: its next version, unless told otherwise. */
  readonly sameName?: 'version' | 'separate';
}

type Taken = UploadAnswer['items'][number];
export type UploadOutcome = { readonly taken: Taken } | { readonly filename: string; readonly refused: AppError };

/** Faults of one file, which say nothing about the others of the same upload. */
const FILE_FAULTS = ['unsupported_type', 'document_too_large', 'disk_full'] as const;

/** The first bytes of a stream, and the whole of it again. */
const peek = async (stream: AsyncIterable<Uint8Array>, bytes: number): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> => {
  // A request that is left early must stay open for its answer.
  const source = 'iterator' in stream ? (stream as Readable).iterator({ destroyOnReturn: false }) : stream[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < bytes) {
    const next = (await source.next()) as IteratorResult<Uint8Array>;
    if (next.done) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(chunks);
  async function* whole(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => source } as AsyncIterable<Uint8Array>;
  }
  return { head: head.subarray(0, bytes), whole: whole() };
};

export type UploadsService = ReturnType<typeof createUploadsService>;

/** Takes files in: type by content, stored once by content, and put in line for indexing. */
export const createUploadsService = ({ database, notifier, jobs, objects, documents, folders, settings }: Needs) => {
  const record = (who: Principal, { name, reuse, folderId, sameName = 'version' }: Upload, mimeType: string, content: ReceivedContent): Promise<Taken> =>
    database.inTransaction(async (tx) => {
      const { sha256, sizeBytes } = content;
      await lockContent(tx, sha256);
      const known = await documents.findByContent(tx, who, sha256);
      if (known?.readable === true && reuse === true) {
        await content.keep();
        return { id: known.id, filename: known.filename, status: known.status as Taken['status'], sizeBytes, sha256 };
      }
      const filename = safeFilename(name);
      const predecessor = sameName === 'separate' ? undefined : await findPredecessor(tx, who, { folderId, filename, mimeType, sha256 });
      const taken = await takeIn(
        tx,
        { notifier, jobs },
        {
          workspaceId: who.workspaceId,
          ownerId: who.userId,
          ...(folderId === undefined ? {} : { folderId }),
          filename,
          originalName: originalName(name),
          mimeType,
          content,
          ...(predecessor === undefined ? {} : { versionOf: predecessor }),
        },
      );
      return {
        id: predecessor?.id ?? taken.id,
        filename: taken.filename,
        status: taken.status as Taken['status'],
        sizeBytes,
        sha256,
        ...(predecessor === undefined ? {} : { revision: predecessor.revision }),
        ...(known?.readable === true && known.id !== predecessor?.id ? { duplicateOf: known.id } : {}),
      };
    });

  const store = async (who: Principal, upload: Upload): Promise<Taken> => {
    const { head, whole } = await peek(upload.stream, HEAD_BYTES);
    const detection = await beginDetection(head, safeFilename(upload.name));
    const content = await objects.receive(detection.through(whole), { maxBytes: settings().maxUploadBytes, expectedBytes: upload.expectedBytes });
    try {
      return await record(who, upload, detection.end(), content);
    } catch (error) {
      await content.discard();
      throw error;
    }
  };

  return {
    /** Refuses an upload before its first byte is read. `bytes` is what the sender announced for all files together. Errors: `disk_full`, `document_too_large`, `not_found` and `forbidden` for the folder. */
    async admit(who: Principal, { bytes, single, folderId }: { bytes: number | undefined; single: boolean; folderId?: string }): Promise<void> {
      if (folderId !== undefined) await folders.requireMayAdd(who, folderId);
      if (bytes === undefined) return;
      const { maxUploadBytes } = settings();
      if (single && bytes > maxUploadBytes) {
        throw new AppError('document_too_large', {
          message: `The file has ${formatBytes(bytes)}; this box takes up to ${formatBytes(maxUploadBytes)}. An administrator can raise the limit in the settings.`,
          details: { sizeBytes: bytes, maxBytes: maxUploadBytes },
        });
      }
      await objects.requireSpace(bytes);
    },

    /** Takes one file in. A fault of the file itself is an outcome; all else is thrown, and nothing is left behind. */
    async take(who: Principal, upload: Upload): Promise<UploadOutcome> {
      try {
        return { taken: await store(who, upload) };
      } catch (error) {
        if (FILE_FAULTS.some((code) => isAppError(error, code))) return { filename: safeFilename(upload.name), refused: error as AppError };
        throw error;
      }
    },
  };
};

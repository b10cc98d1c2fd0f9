import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ObjectStore } from '#clients';
import type { Database, Notifier } from '#db';
import { takeIn } from '#documents';
import { beginDetection, HEAD_BYTES, originalName, safeFilename } from '#file-types';
import { isAppError } from '#kit';
import type { Jobs } from '#queue';
import { countOfRoot, findForUpdate, noteAttachment, type DocumentRow } from '../documents.repository.ts';
import type { TakenOut } from '../parser/protocol.ts';

interface Needs {
  database: Pick<Database, 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'receive'>;
}

/** An archive in an archive in an archive is somebody's back-up; deeper ones are built to exhaust whoever unpacks them. */
export const MAX_NESTING = 3;
/** What may come out of one upload, at all depths together. */
const MAX_FILES = 10_000;
const MAX_TOTAL_BYTES = 8 * 2 ** 30;
const MAX_FILE_BYTES = 2 ** 30;

const headOf = async (file: string): Promise<Uint8Array> => {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};

/** Makes documents of the files that a document holds. What cannot be one is named in a warning of the document. Safe to repeat. */
export const createTakeAttachment = ({ database, notifier, jobs, objects }: Needs) => {
  const store = async (document: DocumentRow, { path, index }: TakenOut, file: string): Promise<void> => {
    const filename = safeFilename(path);
    const detection = await beginDetection(await headOf(file), filename);
    const content = await objects.receive(detection.through(createReadStream(file)), { maxBytes: MAX_FILE_BYTES });
    try {
      const mimeType = detection.end();
      await database.inTransaction(async (tx) => {
        const row = await findForUpdate(tx, document.id);
        if (row === undefined || row.deleted_at !== null || row.version !== document.version || row.attachments_read > index) {
          await content.discard();
          return;
        }
        await takeIn(
          tx,
          { notifier, jobs },
          {
            workspaceId: row.workspace_id,
            ownerId: row.owner_id,
            folderId: row.folder_id,
            inherits: row.inherits,
            filename,
            originalName: originalName(path),
            mimeType,
            content,
            parent: { id: row.id, rootId: row.root_id ?? row.id, path: originalName(path), nesting: row.nesting + 1 },
          },
        );
        await noteAttachment(tx, row.id, index);
      });
    } catch (error) {
      await content.discard();
      throw error;
    }
  };

  /** Why this file is not to be taken, in words; undefined when it is. */
  const refusal = async (document: DocumentRow): Promise<string | undefined> => {
    if (document.nesting >= MAX_NESTING)
      return `archives are unpacked ${MAX_NESTING} deep, and this one lies deeper; unpack it and upload the files by themselves`;
    const { files, bytes } = await database.inTransaction((tx) => countOfRoot(tx, document.root_id ?? document.id));
    if (files >= MAX_FILES) return `${MAX_FILES.toLocaleString('en')} files were taken out of the upload already`;
    return bytes >= MAX_TOTAL_BYTES ? `${MAX_TOTAL_BYTES / 2 ** 30} GB were taken out of the upload already` : undefined;
  };

  /** Returns a warning for the document, or undefined. Errors: those that say nothing about the file, such as a full disk. */
  return async (document: DocumentRow, taken: TakenOut): Promise<string | undefined> => {
    const name = `“${safeFilename(taken.path)}” in it was left out`;
    const problem = taken.problem ?? (taken.file === undefined ? undefined : await refusal(document));
    let warning = problem === undefined ? undefined : `${name}: ${problem}.`;
    if (problem === undefined && taken.file !== undefined) {
      try {
        await store(document, taken, taken.file);
        return undefined;
      } catch (error) {
        if (!isAppError(error, 'unsupported_type') && !isAppError(error, 'document_too_large')) throw error;
        warning = `${name}: ${error.message}`;
      }
    }
    await database.inTransaction((tx) => noteAttachment(tx, document.id, taken.index));
    return warning;
  };
};

import type { DocumentPageContent, DocumentPageView, DocumentVersion, DocumentView, PageQuery, PassageView } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier, type Tx } from '#db';
import { addWork, estimate, estimatesInLine, hideDocument, passwordPurpose, readRates } from '#documents';
import { safeFilename } from '#file-types';
import { AppError, type SecretBox } from '#kit';
import type { Jobs } from '#queue';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { FoldersService } from '../folders/index.ts';
import { mayChange, mayShare, toDocumentView } from './document-view.ts';
import { sortKey, type DocumentRow, type DocumentsRepository, type Sort } from './documents.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  documents: DocumentsRepository;
  folders: Pick<FoldersService, 'requireMayAdd'>;
  audit: Audit;
  secrets: Pick<SecretBox, 'seal'>;
}

const toPageView = (row: { page: number; name: string | null; ocr: string | null; confidence: number | null }): DocumentPageView => ({
  page: row.page,
  name: row.name,
  ocr: row.ocr as DocumentPageView['ocr'],
  confidence: row.confidence,
});

/** What a document failed with that a password can mend. */
const LOCKED = new Set(['document_encrypted', 'document_password_wrong']);

const isUnfinished = ({ status }: { status: string }): boolean => status === 'pending' || status === 'indexing';

export type DocumentsService = ReturnType<typeof createDocumentsService>;

/** Documents as people see and steer them; the work on them is the indexer's. */
export const createDocumentsService = ({ database, notifier, jobs, documents, folders, audit, secrets }: Needs) => {
  const { db } = database;

  const find = async (who: Principal, id: string): Promise<DocumentRow> => {
    const row = await documents.find(db, who, id);
    if (row === undefined) throw new AppError('not_found', { message: 'There is no such document; it may have been deleted.' });
    return row;
  };

  const requireMayChange = (who: Principal, row: DocumentRow): void => {
    if (!mayChange(who, row))
      throw new AppError('forbidden', {
        message: `“${row.filename}” belongs to ${row.owner_name ?? 'somebody else'}; only its owner, people with the right to write, and administrators can change it.`,
      });
  };

  /** Estimates by document, for all that is unfinished in the box: they wait for one another. */
  const estimates = async (): Promise<Map<string, number>> => {
    const unfinished = await documents.listUnfinished(db);
    const types = [...new Set(unfinished.map((row) => row.mime_type))];
    const rates = new Map(await Promise.all(types.map(async (type) => [type, await readRates(db, type)] as const)));
    const untouched = (row: (typeof unfinished)[number]) =>
      estimate({ sizeBytes: row.size_bytes, pageCount: 0, pagesRead: 0, passages: 0, embedded: 0 }, rates.get(row.mime_type)!).remainingMs;
    return estimatesInLine(unfinished.map((row) => ({ id: row.id, createdAt: row.created_at, remainingMs: row.remaining_ms ?? untouched(row) })));
  };

  const views = async (who: Principal, rows: readonly DocumentRow[]): Promise<DocumentView[]> => {
    const etas = rows.some(isUnfinished) ? await estimates() : new Map<string, number>();
    // Without a model nobody can say when.
    return rows.map((row) => toDocumentView(who, row, isUnfinished(row) && row.stage !== 'waiting_for_model' ? etas.get(row.source_id) : undefined));
  };

  const get = async (who: Principal, id: string): Promise<DocumentView> => (await views(who, [await find(who, id)]))[0]!;

  const changed = (tx: Tx, documentId: string, removed?: true) => notifier.publish(tx, 'documents.changed', { documentId, ...(removed ? { removed } : {}) });

  /**
   * The row whose reading the person may steer. A document that is linked to somebody else's, which they may not change, leaves
   * it first and stands for itself: nobody stops, opens or tries again what belongs to others.
   */
  const lockOwn = async (tx: Tx, who: Principal, row: DocumentRow) => {
    const isTheirs = row.duplicate_of === null || (row.visible_duplicate_of !== null && (row.source_writable || roleAllows(who.role, 'admin')));
    if (!isTheirs) await documents.leave(tx, row.id);
    return documents.lock(tx, isTheirs ? row.source_id : row.id);
  };

  /** Where a document that was read to its end goes on. Pictures that were given up are tried again. */
  const afterReading = async (tx: Tx, { id, chunk_count }: { id: string; chunk_count: number }) => {
    const due = await documents.makePicturesDue(tx, id);
    if (chunk_count > 0) return { status: 'indexing', stage: 'embedding' };
    // A release that read no pictures kept none: the document is read again.
    return due > 0 ? { status: 'indexing', stage: 'recognising' } : { status: 'pending', stage: 'queued', pages_read: 0 };
  };

  const unhide = async (tx: Tx, id: string): Promise<void> => {
    const together = await documents.listDeletedWith(tx, id);
    const restored = await documents.restore(tx, id);
    await notifier.publish(tx, 'passages.added', { documentId: id });
    await changed(tx, id);
    if (isUnfinished(restored) && restored.duplicate_of === null) await addWork(tx, jobs, restored);
    for (const child of together) await unhide(tx, child.id);
  };

  return {
    get,

    async list(
      who: Principal,
      { limit, cursor, sort, ...filter }: PageQuery & { q?: string; status?: string; parentId?: string; folderId?: string; below?: boolean; sort: Sort },
    ) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string | number, string]);
      const rows = await documents.list(db, who, { ...filter, sort, after, limit: limit + 1 });
      const { nextCursor } = toPage(
        rows,
        limit,
        (row) => sortKey(row, sort),
        (row) => row,
      );
      return { items: await views(who, rows.slice(0, limit)), nextCursor };
    },

    /** Puts a failed or cancelled document back in line, after the last page that was stored. Errors: `not_found`, `forbidden`, `document_not_failed`. */
    async retry(who: Principal, id: string): Promise<DocumentView> {
      const row = await find(who, id);
      requireMayChange(who, row);
      await database.inTransaction(async (tx) => {
        const current = await lockOwn(tx, who, row);
        if (current?.status !== 'failed')
          throw new AppError('document_not_failed', {
            message: `“${row.filename}” is ${current?.status ?? 'gone'}; only a failed document can be tried again.`,
          });
        const wasRead = current.page_count > 0 && current.pages_read >= current.page_count && current.attachments_read >= (current.attachments_count ?? 0);
        await addWork(tx, jobs, await documents.requeue(tx, current.id, wasRead ? await afterReading(tx, current) : { status: 'pending', stage: 'queued' }));
        await changed(tx, current.id);
      });
      return get(who, id);
    },

    /** Reads a protected document with its password, which is forgotten once it was read. Errors: `not_found`, `forbidden`, `document_not_failed`. */
    async unlock(who: Principal, id: string, password: string): Promise<DocumentView> {
      const row = await find(who, id);
      requireMayChange(who, row);
      await database.inTransaction(async (tx) => {
        const current = await lockOwn(tx, who, row);
        if (current?.status !== 'failed' || !LOCKED.has(current.error_code ?? ''))
          throw new AppError('document_not_failed', { message: `“${row.filename}” does not ask for a password.` });
        await documents.keepPassword(tx, current.id, secrets.seal(password, passwordPurpose(current.id)));
        await addWork(tx, jobs, await documents.requeue(tx, current.id, { status: 'pending', stage: 'queued' }));
        await changed(tx, current.id);
      });
      return get(who, id);
    },

    /** Renames or moves a document; in another folder other people may see it. Errors: `not_found`, `forbidden`. */
    async change(who: Principal, id: string, { filename, folderId }: { filename?: string; folderId?: string }): Promise<DocumentView> {
      const row = await find(who, id);
      requireMayChange(who, row);
      await database.inTransaction(async (tx) => {
        if ((await documents.lock(tx, id)) === undefined) return;
        // Where it stands decides who may see it: only who may share it may move it.
        if (folderId !== undefined && !mayShare(who, row))
          throw new AppError('forbidden', {
            message: `You may change “${row.filename}”, but only ${row.owner_name ?? 'an administrator'} or an administrator can move it.`,
          });
        const to = folderId === undefined ? undefined : await folders.requireMayAdd(who, folderId, tx);
        await documents.update(tx, id, {
          ...(filename === undefined ? {} : { filename: safeFilename(filename) }),
          ...(folderId === undefined ? {} : { folder_id: folderId }),
        });
        await audit.record(tx, who, to === undefined ? 'document.renamed' : 'document.moved', row.filename, {
          documentId: id,
          ...(to === undefined ? { filename } : { folderId, folder: to.name }),
        });
        await changed(tx, id);
      });
      return get(who, id);
    },

    /** Stops the indexing. What was read so far can be found by words. Errors: `not_found`, `forbidden`, `job_not_active`. */
    async cancel(who: Principal, id: string): Promise<DocumentView> {
      const row = await find(who, id);
      requireMayChange(who, row);
      await database.inTransaction(async (tx) => {
        const current = await lockOwn(tx, who, row);
        if (current === undefined || !isUnfinished(current))
          throw new AppError('job_not_active', { message: `“${row.filename}” is not being indexed; there is nothing to stop.` });
        await documents.cancel(tx, current.id, `${who.username} stopped the indexing. What was read so far can be found by words; try again to go on.`);
        await changed(tx, current.id);
      });
      return get(who, id);
    },

    /** Hides a document at once and removes it for good after the time to undo. Errors: `not_found`, `forbidden`. */
    async remove(who: Principal, id: string): Promise<void> {
      const row = await find(who, id);
      requireMayChange(who, row);
      await database.inTransaction(async (tx) => {
        await hideDocument(tx, { notifier, jobs }, row);
        await audit.record(tx, who, 'document.deleted', row.filename, { documentId: id });
      });
    },

    /** Takes a deletion back, within the time to undo. Errors: `not_found` afterwards, `forbidden`. */
    async restore(who: Principal, id: string): Promise<DocumentView> {
      await database.inTransaction(async (tx) => {
        const row = await documents.findDeleted(tx, who, id);
        if (row === undefined || (await documents.lock(tx, id)) === undefined)
          throw new AppError('not_found', { message: 'There is no such deleted document. A deletion can be taken back for 10 seconds.' });
        requireMayChange(who, row);
        await unhide(tx, id);
        await audit.record(tx, who, 'document.restored', row.filename, { documentId: id });
      });
      return get(who, id);
    },

    /** What a document said and says, newest first, with what is on its way. */
    async versions(who: Principal, id: string, { limit, cursor }: PageQuery) {
      const { id: own, version_of } = await find(who, id);
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 1)[0] as number);
      const rows = await documents.listVersions(db, version_of ?? own, { after, limit: limit + 1 });
      return toPage(
        rows,
        limit,
        (row) => [row.revision],
        (row): DocumentVersion => ({
          id: row.id,
          revision: row.revision,
          isCurrent: row.version_of === null,
          from: row.valid_from?.toISOString() ?? null,
          until: row.valid_until?.toISOString() ?? null,
          status: row.status as DocumentVersion['status'],
          sizeBytes: row.size_bytes,
          sha256: row.sha256,
          error: row.error_message,
        }),
      );
    },

    /** A document's passages in order. */
    async passages(who: Principal, id: string, { limit, cursor, page }: PageQuery & { page?: number }) {
      const { source_id } = await find(who, id);
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 1)[0] as number);
      return toPage(
        await documents.listPassages(db, source_id, { page, after, limit: limit + 1 }),
        limit,
        (row) => [row.chunk_index],
        (row): PassageView => ({
          id: row.id,
          index: row.chunk_index,
          page: row.page,
          pageEnd: row.page_end,
          heading: row.heading,
          text: row.content,
          boxes: row.boxes as unknown as PassageView['boxes'],
          ocrConfidence: row.ocr_confidence,
        }),
      );
    },

    /** The pages of a document that were kept, in order: sheets, slides, chapters, pictures. */
    async pages(who: Principal, id: string, { limit, cursor }: PageQuery) {
      const { source_id } = await find(who, id);
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 1)[0] as number);
      const rows = await documents.listPages(db, source_id, { after, limit: limit + 1 });
      return toPage(rows, limit, (row) => [row.page], toPageView);
    },

    /** One page as it was read. Errors: `not_found`, also for a page that was not kept. */
    async page(who: Principal, id: string, page: number): Promise<DocumentPageContent> {
      const { source_id, filename } = await find(who, id);
      const row = await documents.findPage(db, source_id, page);
      if (row === undefined) throw new AppError('not_found', { message: `Page ${page} of “${filename}” was not read, or its original can be shown as it is.` });
      return {
        ...toPageView(row),
        head: row.head as DocumentPageContent['head'],
        blocks: (row.blocks ?? []) as unknown as DocumentPageContent['blocks'],
        words: (row.words ?? []) as unknown as DocumentPageContent['words'],
      };
    },

    find,
  };
};

import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import { findForUpdate, insertPassages, type DocumentRow } from './documents.repository.ts';
import type { ReadPicture } from './pictures/protocol.ts';
import { mergeWarnings, pictureWarning } from './stages/sentences.ts';

export const hasDuePictures = async (db: Db, id: string): Promise<boolean> =>
  (await db.selectFrom('document_pages').select('page').where('document_id', '=', id).where('ocr', '=', 'due').limit(1).executeTakeFirst()) !== undefined;

/** Whether words of any document wait to be read: they go before pictures. */
export const areWordsWaiting = async (db: Db): Promise<boolean> =>
  (await db
    .selectFrom('documents')
    .select('id')
    .where('deleted_at', 'is', null)
    .where('duplicate_of', 'is', null)
    .where('status', 'in', ['pending', 'indexing'])
    .where('stage', 'in', ['queued', 'reading'])
    .limit(1)
    .executeTakeFirst()) !== undefined;

/** Documents whose pictures may be read: neither deleted nor linked nor failed. */
const isOpenForPictures = sql<boolean>`(d.deleted_at is null and d.duplicate_of is null
  and (d.status = 'indexed' or d.status = 'indexing' and d.stage in ('recognising', 'embedding', 'waiting_for_model')))`;

/** The next page to read from its picture: of the newest document that has one. */
export const findNextPicture = (db: Db) =>
  db
    .selectFrom('document_pages as p')
    .innerJoin('documents as d', 'd.id', 'p.document_id')
    .select(['d.id', 'd.version', 'd.stage', 'p.page'])
    .select(sql<boolean>`exists (select from document_chunks c where c.document_id = d.id and p.page between c.page and c.page_end)`.as('has_text'))
    .where('p.ocr', '=', 'due')
    .where(isOpenForPictures)
    .orderBy('d.created_at', 'desc')
    .orderBy('d.id', 'desc')
    .orderBy('p.page')
    .limit(1)
    .executeTakeFirst();

/** Counts a start before it is made: what takes the process down each time is given up all the same. */
export const beginPicture = async (db: Db, documentId: string, page: number): Promise<number> => {
  const row = await db
    .updateTable('document_pages')
    .set((eb) => ({ ocr_attempts: eb('ocr_attempts', '+', 1) }))
    .where('document_id', '=', documentId)
    .where('page', '=', page)
    .returning('ocr_attempts')
    .executeTakeFirst();
  return row?.ocr_attempts ?? 0;
};

/** A start that was stopped from outside says nothing about the page. */
export const takeBackStart = async (db: Db, documentId: string, page: number): Promise<void> => {
  await db
    .updateTable('document_pages')
    .set((eb) => ({ ocr_attempts: eb('ocr_attempts', '-', 1) }))
    .where('document_id', '=', documentId)
    .where('page', '=', page)
    .where('ocr_attempts', '>', 0)
    .execute();
};

const setPage = (tx: Tx, documentId: string, page: number, set: Record<string, unknown>) =>
  tx
    .updateTable('document_pages')
    .set(set)
    .where('document_id', '=', documentId)
    .where('page', '=', page)
    .where('ocr', '=', 'due')
    .returning('page')
    .executeTakeFirst();

const findOpen = async (tx: Tx, id: string): Promise<DocumentRow | undefined> => {
  const row = await findForUpdate(tx, id);
  const isOpen = row !== undefined && row.deleted_at === null && row.duplicate_of === null && (row.status === 'indexed' || row.status === 'indexing');
  return isOpen ? row : undefined;
};

/** Keeps what a page's picture says: all of it or nothing. Passages of an indexed document make it due for their vectors. */
export const storePicture = async (tx: Tx, documentId: string, page: number, { passages, words, confidence }: ReadPicture): Promise<boolean> => {
  const row = await findOpen(tx, documentId);
  if (row === undefined) return false;
  const ocr = passages.length === 0 ? 'empty' : 'done';
  if ((await setPage(tx, documentId, page, { ocr, confidence, words: JSON.stringify(words) })) === undefined) return false;
  if (passages.length === 0) return true;
  await insertPassages(tx, row, row.chunk_count, passages);
  await tx
    .updateTable('documents')
    .set((eb) => ({
      chunk_count: row.chunk_count + passages.length,
      embed_model: null,
      language: eb.fn.coalesce('language', eb.val(passages[0]!.language)),
    }))
    .where('id', '=', documentId)
    .execute();
  return true;
};

/** Gives a page's picture up, with a warning. */
export const failPicture = async (tx: Tx, documentId: string, page: number, why: string): Promise<void> => {
  if ((await findOpen(tx, documentId)) === undefined) return;
  if ((await setPage(tx, documentId, page, { ocr: 'failed' })) === undefined) return;
  await tx
    .updateTable('documents')
    .set({ warnings: mergeWarnings([pictureWarning(page, why)]) })
    .where('id', '=', documentId)
    .execute();
};

/** How far a document's pictures are. */
export const countPictures = async (db: Db, documentId: string): Promise<{ pages: number; due: number }> => {
  const row = await db
    .selectFrom('document_pages')
    .select((eb) => [eb.fn.countAll<number>().as('pages'), sql<number>`count(*) filter (where ocr = 'due')`.as('due')])
    .where('document_id', '=', documentId)
    .where('ocr', 'is not', null)
    .executeTakeFirstOrThrow();
  return { pages: Number(row.pages), due: Number(row.due) };
};

/** Documents that wait for pictures of which none is left: a crash came between the last one and what follows it. */
export const listLookedThrough = (db: Db): Promise<{ id: string; version: number }[]> =>
  db
    .selectFrom('documents as d')
    .select(['d.id', 'd.version'])
    .where('d.status', '=', 'indexing')
    .where('d.stage', '=', 'recognising')
    .where('d.deleted_at', 'is', null)
    .where(sql<boolean>`not exists (select from document_pages p where p.document_id = d.id and p.ocr = 'due')`)
    .execute();

import { currentAt, readableBy, type Reader } from '#access';
import type { ChatMessage } from '#clients';
import type { AnswerRecord } from '#contracts';
import type { Db } from '#db';
import type { GroundingPassage, PassageBox } from '#retrieval';

/** A passage as it stands in its document, asked for by nobody. */
export interface WholePassage extends GroundingPassage {
  readonly documentId: string;
  readonly filename: string;
  readonly boxes: readonly PassageBox[];
}

/** More turns than any window holds. */
const MAX_MESSAGES = 200;

/** What answering reads from the rows. */
export const createLibrary = (db: Db) => ({
  /** Whether there is anything to answer from that is open to the reader. */
  async hasPassages(reader: Reader, documentIds: readonly string[] | undefined, asOf?: Date): Promise<boolean> {
    let query = db
      .selectFrom('documents')
      .select('documents.id')
      .where('documents.deleted_at', 'is', null)
      .where(currentAt(asOf))
      .where(readableBy(reader))
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('document_chunks')
            .select('document_chunks.id')
            .where('document_chunks.document_id', '=', eb.fn.coalesce('documents.duplicate_of', 'documents.id')),
        ),
      );
    if (documentIds)
      query = query.where(
        (eb) => eb.fn.coalesce('documents.version_of', 'documents.id'),
        '=',
        (eb) => eb.fn.any(eb.val([...documentIds])),
      );
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  },

  /** A document from beginning to end, for who may read it, as it is or was at `asOf`; empty when it is not there for them. */
  async wholeDocument(reader: Reader, documentId: string, asOf?: Date): Promise<WholePassage[]> {
    const rows = await db
      .selectFrom('documents')
      .innerJoin('document_chunks as c', (join) => join.on('c.document_id', '=', (eb) => eb.fn.coalesce('documents.duplicate_of', 'documents.id')))
      .select(['c.id', 'c.content', 'c.page', 'c.heading', 'c.boxes', 'c.language', 'documents.id as document_id', 'documents.filename'])
      .where((eb) =>
        asOf === undefined
          ? eb('documents.id', '=', documentId)
          : eb.and([eb.or([eb('documents.id', '=', documentId), eb('documents.version_of', '=', documentId)]), currentAt(asOf)]),
      )
      .where('documents.deleted_at', 'is', null)
      .where(readableBy(reader))
      .orderBy('c.chunk_index')
      .execute();
    return rows.map((row) => ({
      passageId: row.id,
      documentId: row.document_id,
      filename: row.filename,
      page: row.page,
      text: row.content,
      heading: row.heading,
      boxes: row.boxes as unknown as PassageBox[],
      language: row.language ?? 'en',
    }));
  },

  /** Passages and their documents as they are now, in the order of `passageIds`: what a receipt tells of them later. Those that are gone are left out. */
  async record(passageIds: readonly string[]): Promise<Pick<AnswerRecord, 'documents' | 'passages'>> {
    const rows = await db
      .selectFrom('document_chunks as c')
      .innerJoin('documents as d', 'd.id', 'c.document_id')
      .select(['c.id', 'c.document_id', 'c.page', 'c.page_end', 'c.context_header', 'c.content', 'c.content_hash'])
      .select(['d.original_name', 'd.mime_type', 'd.size_bytes', 'd.sha256'])
      .where('c.id', '=', (eb) => eb.fn.any(eb.val([...passageIds])))
      .execute();
    const documents = new Map(
      rows.map((row) => [
        row.document_id,
        { documentId: row.document_id, filename: row.original_name, mimeType: row.mime_type, sizeBytes: row.size_bytes, sha256: row.sha256 },
      ]),
    );
    const passages = passageIds.flatMap((id) => {
      const row = rows.find((one) => one.id === id);
      if (!row) return [];
      const { document_id: documentId, page, page_end: pageEnd, context_header: contextHeader, content: text, content_hash: contentHash } = row;
      return [{ passageId: id, documentId, page, pageEnd, contextHeader, text, contentHash }];
    });
    return { documents: [...documents.values()], passages };
  },

  /** What was said in a conversation before a message, oldest first; the newest 200. */
  async messagesBefore(conversationId: string, messageId: string): Promise<ChatMessage[]> {
    const rows = await db
      .selectFrom('chat_messages')
      .select(['role', 'content'])
      .where('conversation_id', '=', conversationId)
      .where('created_at', '<', (eb) => eb.selectFrom('chat_messages').select('created_at').where('id', '=', messageId))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(MAX_MESSAGES)
      .execute();
    return rows.reverse() as ChatMessage[];
  },
});

export type Library = ReturnType<typeof createLibrary>;

import { sql } from 'kysely';
import { currentAt, openScope, readableBy } from '#access';
import type { Db, Notifier } from '#db';
import type { PassageBox } from '../passages/types.ts';
import type { PassageSource, PassageView } from './source.ts';

const FALLBACK_LANGUAGE = 'en';
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

interface Needs {
  readonly db: Db;
  readonly notifier: Pick<Notifier, 'subscribe' | 'onReconnect'>;
}

/** Little-endian float32, as stored; copied, since a Buffer's memory is shared and not aligned. */
const floatsOf = (bytes: Buffer, into: Float32Array, at: number): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset < bytes.byteLength; offset += FLOAT_BYTES) into[at + offset / FLOAT_BYTES] = view.getFloat32(offset, true);
};

/** Passages and embeddings in Postgres (`document_chunks`, `document_embeddings`), with the notices that the indexer sends. */
export const createPostgresSource = ({ db, notifier }: Needs): PassageSource => ({
  async listDocuments() {
    const rows = await db.selectFrom('documents').select('id').where('deleted_at', 'is', null).orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
    return rows.map(({ id }) => id);
  },
  async findDocument(documentId) {
    const document = await db.selectFrom('documents').select('workspace_id').where('id', '=', documentId).where('deleted_at', 'is', null).executeTakeFirst();
    if (document === undefined) return null;
    const rows = await db
      .selectFrom('document_chunks as c')
      .leftJoin('document_embeddings as e', 'e.chunk_id', 'c.id')
      .select(['c.id', 'c.content_hash', sql<string[]>`coalesce(array_agg(e.model) filter (where e.model is not null), '{}')`.as('models')])
      .where('c.document_id', '=', documentId)
      .groupBy('c.id')
      .orderBy('c.chunk_index')
      .execute();
    const places = await db
      .selectFrom('documents')
      .select(['id', 'version_of', 'folder_id', 'owner_id', 'inherits', 'valid_from', 'valid_until'])
      .where((eb) => eb.or([eb('id', '=', documentId), eb('duplicate_of', '=', documentId)]))
      .where('deleted_at', 'is', null)
      .execute();
    return {
      workspaceId: document.workspace_id,
      places: places.map((row) => ({
        documentId: row.id,
        grantedAs: row.version_of ?? row.id,
        folderId: row.folder_id,
        ownerId: row.owner_id,
        inherits: row.inherits,
        from: row.valid_from?.getTime() ?? Infinity,
        until: row.valid_until?.getTime() ?? Infinity,
      })),
      passages: rows.map((row) => ({ id: row.id, contentHash: row.content_hash, models: row.models })),
    };
  },
  async readPassages(ids) {
    const rows = await db
      .selectFrom('document_chunks')
      .select(['id', 'content', 'context_header', 'content_hash', 'language'])
      .where('id', 'in', [...ids])
      .execute();
    return rows.map((row) => ({
      id: row.id,
      contentHash: row.content_hash,
      text: row.content,
      contextHeader: row.context_header,
      language: row.language ?? FALLBACK_LANGUAGE,
    }));
  },
  async readVectors(model, ids) {
    const rows = await db
      .selectFrom('document_embeddings')
      .select(['chunk_id', 'vector'])
      .where('model', '=', model)
      .where('chunk_id', 'in', [...ids])
      .execute();
    const dimensions = (rows[0]?.vector.byteLength ?? 0) / FLOAT_BYTES;
    const fitting = rows.filter(({ vector }) => vector.byteLength === dimensions * FLOAT_BYTES);
    const values = new Float32Array(fitting.length * dimensions);
    fitting.forEach(({ vector }, at) => floatsOf(vector, values, at * dimensions));
    return { model, ids: fitting.map(({ chunk_id }) => chunk_id), values };
  },
  async findMatching(workspaceId, { types, languages, addedFrom, addedUntil }, among) {
    const rows = await db
      .selectFrom('documents as d')
      .select('d.id')
      .where('d.workspace_id', '=', workspaceId)
      .where('d.deleted_at', 'is', null)
      .$if(among !== undefined, (query) => query.where(sql<boolean>`d.id = any(${among}::uuid[])`))
      .$if(types !== undefined, (query) =>
        query.where(
          sql<boolean>`exists (select 1 from unnest(${types}::text[]) t where d.mime_type = t or (right(t, 1) = '/' and starts_with(d.mime_type, t)))`,
        ),
      )
      .$if(languages !== undefined, (query) =>
        query.where(
          sql<boolean>`exists (select 1 from document_chunks c where c.document_id = coalesce(d.duplicate_of, d.id) and c.language = any(${languages}::text[]))`,
        ),
      )
      .$if(addedFrom !== undefined, (query) => query.where('d.created_at', '>=', addedFrom!))
      .$if(addedUntil !== undefined, (query) => query.where('d.created_at', '<', addedUntil!))
      .execute();
    return rows.map(({ id }) => id);
  },
  openScope: (reader, folderIds) => openScope(db, reader, folderIds),
  async readViews(ids, { reader, documentIds, within, asOf }) {
    if (ids.length === 0) return [];
    const rows = await db
      .selectFrom('document_chunks as c')
      .innerJoin('documents as d', 'd.id', 'c.document_id')
      // The document that holds the passages, or one that is linked to it: whichever is open to the reader and was asked for.
      .innerJoinLateral(
        (eb) =>
          eb
            .selectFrom('documents as p')
            .select(['p.id', 'p.filename'])
            .where((or) => or.or([or('p.id', '=', or.ref('d.id')), or('p.duplicate_of', '=', or.ref('d.id'))]))
            .where('p.deleted_at', 'is', null)
            .where(currentAt(asOf, 'p'))
            .where(readableBy(reader, 'p'))
            .$if(documentIds !== undefined, (query) =>
              query.where(sql<boolean>`(p.id = any(${documentIds}::uuid[]) or p.version_of = any(${documentIds}::uuid[]))`),
            )
            .$if(within !== undefined, (query) => query.where(sql<boolean>`p.folder_id = any(${within}::uuid[])`))
            .orderBy(sql`p.id <> d.id`)
            .orderBy('p.created_at')
            .orderBy('p.id')
            .limit(1)
            .as('shown'),
        (join) => join.onTrue(),
      )
      .select(['c.id', 'shown.id as document_id', 'shown.filename', 'c.page', 'c.page_end', 'c.content', 'c.heading', 'c.boxes', 'c.language'])
      .where('c.id', 'in', [...ids])
      .where('d.deleted_at', 'is', null)
      .execute();
    const views = new Map<string, PassageView>(
      rows.map((row) => [
        row.id,
        {
          passageId: row.id,
          documentId: row.document_id,
          filename: row.filename,
          page: row.page,
          pageEnd: row.page_end,
          text: row.content,
          heading: row.heading,
          boxes: row.boxes as unknown as PassageBox[],
          language: row.language ?? FALLBACK_LANGUAGE,
        },
      ]),
    );
    return ids.flatMap((id) => views.get(id) ?? []);
  },
  onChange(listener) {
    const stops = [
      notifier.subscribe('passages.added', ({ documentId }) => listener(documentId)),
      notifier.subscribe('passages.embedded', ({ documentId }) => listener(documentId)),
      notifier.subscribe('documents.changed', ({ documentId }) => listener(documentId)),
      notifier.onReconnect(() => listener(null)),
    ];
    return () => stops.forEach((stop) => stop());
  },
});

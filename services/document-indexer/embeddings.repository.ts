import { sql } from 'kysely';
import type { Db } from '#db';

export interface ToEmbed {
  readonly id: string;
  readonly version: number;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly pageCount: number;
  readonly passages: number;
  /** It is indexed already, by another model, and stays searchable with that until this one's vectors are complete. */
  readonly isRefresh: boolean;
}

/** Documents whose vectors of `model` are not complete (any model's, when null): new ones first, the newest of them at the head. */
export const listToEmbed = (db: Db, model: string | null): Promise<ToEmbed[]> =>
  db
    .selectFrom('documents')
    .select((eb) => [
      'id',
      'version',
      'mime_type as mimeType',
      'size_bytes as sizeBytes',
      'page_count as pageCount',
      'chunk_count as passages',
      eb('status', '=', 'indexed').$castTo<boolean>().as('isRefresh'),
    ])
    .where('deleted_at', 'is', null)
    .where('duplicate_of', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('status', '=', 'indexing'), eb('stage', 'in', ['embedding', 'waiting_for_model'])]),
        eb.and([eb('status', '=', 'indexed'), model === null ? eb.val(true) : sql<boolean>`embed_model is distinct from ${model}`]),
      ]),
    )
    .orderBy('isRefresh')
    .orderBy('created_at', 'desc')
    .execute();

/** Says of all documents in this stage that they wait for the model, or that they wait no longer. Returns those that changed. */
export const markWaiting = async (db: Db, waiting: boolean): Promise<string[]> => {
  const [from, to] = waiting ? ['embedding', 'waiting_for_model'] : ['waiting_for_model', 'embedding'];
  const rows = await db
    .updateTable('documents')
    .set({ stage: to, ...(waiting ? { remaining_ms: null } : {}) })
    .where('status', '=', 'indexing')
    .where('stage', '=', from)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
};

/** Takes over vectors of equal passages that `model` has embedded before. */
export const copyKnownVectors = async (db: Db, { id }: { id: string }, model: string): Promise<void> => {
  await sql`
    insert into document_embeddings (chunk_id, model, vector)
    select distinct on (c.id) c.id, e.model, e.vector
    from document_chunks c
    join document_chunks known on known.content_hash = c.content_hash and known.id <> c.id
    join document_embeddings e on e.chunk_id = known.id and e.model = ${model}
    where c.document_id = ${id}
    on conflict do nothing`.execute(db);
};

export interface MissingPassage {
  readonly id: string;
  readonly text: string;
  readonly contextHeader: string;
}

/** A document's first passages without a vector of `model`. */
export const findMissing = (
  db: Db,
  { id }: { id: string },
  model: string,
  { limit, except }: { limit: number; except: readonly string[] },
): Promise<MissingPassage[]> =>
  db
    .selectFrom('document_chunks as c')
    .select(['c.id', 'c.content as text', 'c.context_header as contextHeader'])
    .where('c.document_id', '=', id)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('document_embeddings as e').select('e.chunk_id').whereRef('e.chunk_id', '=', 'c.id').where('e.model', '=', model))),
    )
    .$if(except.length > 0, (query) => query.where('c.id', 'not in', except))
    .orderBy('c.chunk_index')
    .limit(limit)
    .execute();

const bytesOf = (vector: Float32Array): Buffer => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** Stores vectors; a passage that was deleted meanwhile is passed over. */
export const insertVectors = async (db: Db, ids: readonly string[], { model, vectors }: { model: string; vectors: readonly Float32Array[] }): Promise<void> => {
  await sql`
    insert into document_embeddings (chunk_id, model, vector)
    select c.id, ${model}, v.vector
    from unnest(${ids}::uuid[], ${vectors.map(bytesOf)}::bytea[]) as v(id, vector)
    join document_chunks c on c.id = v.id
    on conflict do nothing`.execute(db);
};

export const countVectors = async (db: Db, { id }: { id: string }, model: string): Promise<number> => {
  const row = await db
    .selectFrom('document_chunks as c')
    .innerJoin('document_embeddings as e', (join) => join.onRef('e.chunk_id', '=', 'c.id').on('e.model', '=', model))
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('c.document_id', '=', id)
    .executeTakeFirstOrThrow();
  return row.count;
};

/** Calls a document indexed if every passage has a vector of `model`, and makes its counters true; false when some lack one. */
export const finishEmbedding = async (db: Db, { id, version }: { id: string; version: number }, model: string): Promise<boolean> => {
  const { numAffectedRows } = await sql`
    update documents d
    set status = 'indexed', stage = 'done', progress = 1, remaining_ms = null, chunk_count = n.passages, embedded_count = n.vectors,
      embed_model = ${model}, indexed_at = coalesce(case when d.status = 'indexed' then d.indexed_at end, now())
    from (
      select count(*)::integer as passages, count(e.chunk_id)::integer as vectors
      from document_chunks c left join document_embeddings e on e.chunk_id = c.id and e.model = ${model}
      where c.document_id = ${id}
    ) n
    where d.id = ${id} and d.version = ${version} and d.deleted_at is null and d.status in ('indexing', 'indexed') and n.passages = n.vectors`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
};

/** Vectors of models that neither serve, nor are kept to go back to, nor are being made. */
export const dropOtherModels = async (db: Db, kept: readonly string[]): Promise<void> => {
  await sql`delete from document_embeddings where not model = any(${kept}::text[])`.execute(db);
};

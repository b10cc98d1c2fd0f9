import { sql } from 'kysely';
import type { Db } from '#db';

/** Statements on how full the index of each model is. */
export const searchIndexRepository = {
  async count(db: Db): Promise<{ passages: number; models: { model: string; vectors: number; sizeBytes: number }[] }> {
    const { rows } = await sql<{ passages: number; models: { model: string; vectors: number; sizeBytes: number }[] }>`
      with current as (
        select c.id from document_chunks c join documents d on d.id = c.document_id where d.deleted_at is null and d.status = 'indexed'
      )
      select (select count(*)::integer from current) as passages,
        coalesce((select json_agg(json_build_object('model', m.model, 'vectors', m.vectors, 'sizeBytes', m.size_bytes) order by m.model) from (
          select e.model, count(*)::integer as vectors, sum(octet_length(e.vector))::bigint as size_bytes
          from document_embeddings e join current on current.id = e.chunk_id group by e.model) m), '[]'::json) as models`.execute(db);
    return rows[0]!;
  },
};
export type SearchIndexRepository = typeof searchIndexRepository;

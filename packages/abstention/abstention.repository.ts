import { sql, type Selectable } from 'kysely';
import type { AbstentionFit, AbstentionTrigger } from '#contracts';
import type { AbstentionFits, Db, Tx } from '#db';

/** A year of nightly fits and what comes on top. */
const KEPT_FITS = 1_000;
/** Enough documents and passages of each for a few hundred questions, spread over all of the box. */
const DOCUMENTS = 120;
const PASSAGES_EACH = 3;

export interface SampledPassage {
  readonly text: string;
  readonly language: string;
  /** The document's, as it is indexed above the text. */
  readonly label: string;
  /** On whose behalf it is asked for: who may read it. */
  readonly ownerId: number | null;
}

/** The only way from a fit's row to its JSON. */
export const toAbstentionFit = (row: Selectable<AbstentionFits>): AbstentionFit => ({
  id: row.id,
  trigger: row.trigger as AbstentionTrigger,
  embedModel: row.embed_model,
  threshold: row.threshold,
  isFitted: row.is_fitted,
  answerable: row.answerable,
  falseRefusals: row.false_refusals,
  unanswerable: row.unanswerable,
  falseAnswers: row.false_answers,
  curve: row.curve as unknown as AbstentionFit['curve'],
  tookMs: row.took_ms,
  createdAt: row.created_at.toISOString(),
});

export const abstentionRepository = {
  /** Passages of random documents, spread over each. */
  samplePassages: async (db: Db, workspaceId: string): Promise<SampledPassage[]> => {
    const { rows } = await sql<SampledPassage>`
      select c.content as text, coalesce(c.language, 'en') as language, split_part(c.context_header, E'\n', 1) as label, d.owner_id as "ownerId"
      from (
        select id, owner_id, passages from (
          select d.id, d.owner_id, (select count(*) from document_chunks where document_id = d.id) as passages
          from documents d
          where d.workspace_id = ${workspaceId}::uuid and d.deleted_at is null and d.status = 'indexed' and d.duplicate_of is null and d.valid_until is null
          order by random() limit ${DOCUMENTS}) picked
        where passages > 0) d
      cross join generate_series(1, ${PASSAGES_EACH}) as pick
      cross join lateral (
        select content, language, context_header from document_chunks
        where document_id = d.id and chunk_index >= floor(random() * d.passages + 0 * pick) order by chunk_index limit 1) c`.execute(db);
    return rows;
  },

  insert: async (tx: Tx, workspaceId: string, fit: Omit<AbstentionFit, 'id' | 'createdAt'>): Promise<void> => {
    await tx
      .insertInto('abstention_fits')
      .values({
        workspace_id: workspaceId,
        trigger: fit.trigger,
        embed_model: fit.embedModel,
        threshold: fit.threshold,
        is_fitted: fit.isFitted,
        answerable: fit.answerable,
        unanswerable: fit.unanswerable,
        false_answers: fit.falseAnswers,
        false_refusals: fit.falseRefusals,
        curve: JSON.stringify(fit.curve),
        took_ms: Math.round(fit.tookMs),
      })
      .execute();
    await sql`
      delete from abstention_fits where workspace_id = ${workspaceId}
        and id in (select id from abstention_fits where workspace_id = ${workspaceId} order by id desc offset ${KEPT_FITS})`.execute(tx);
  },

  list: (db: Db, workspaceId: string, { after, limit }: { after?: string; limit: number }) =>
    db
      .selectFrom('abstention_fits')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .$if(after !== undefined, (query) => query.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  /** The newest threshold that was fitted for searches with this model's vectors, or by words alone. */
  findThreshold: async (db: Db, workspaceId: string, embedModel: string | null): Promise<number | null> => {
    const row = await db
      .selectFrom('abstention_fits')
      .select('threshold')
      .where('workspace_id', '=', workspaceId)
      .where('embed_model', 'is not distinct from', embedModel)
      .where('is_fitted', '=', true)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.threshold ?? null;
  },
};

import { sql } from 'kysely';
import type { SystemOverview } from '#contracts';
import type { Db } from '#db';

/** How much there is of everything in a workspace, or on the whole box for null: one statement that reads indexes and small tables. */
export const readCounts = async (db: Db, workspaceId: string | null): Promise<SystemOverview['counts']> => {
  const inWorkspace = workspaceId === null ? sql`true` : sql`workspace_id = ${workspaceId}`;
  const { rows } = await sql<Record<'pending' | 'indexing' | 'indexed' | 'failed' | 'passages' | 'waiting' | 'processing' | 'users' | 'conversations', number>>`
    with documents_by as (
      select count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'indexing') as indexing,
        count(*) filter (where status = 'indexed') as indexed, count(*) filter (where status = 'failed') as failed, coalesce(sum(chunk_count), 0) as passages
      from (
        -- A document that has the content of another stands where that one stands.
        select coalesce((select original.status from documents original where original.id = own.duplicate_of), own.status) as status, own.chunk_count
        from documents own where ${inWorkspace} and own.deleted_at is null
      ) as each
    ), jobs_by as (
      select count(*) filter (where status = 'pending') as waiting, count(*) filter (where status = 'processing') as processing
      from llm_jobs where ${inWorkspace} and status in ('pending', 'processing')
    )
    select documents_by.*, jobs_by.*,
      (select count(*) from admin_users where is_active) as users,
      (select count(*) from chat_conversations where ${inWorkspace} and deleted_at is null) as conversations
    from documents_by, jobs_by`.execute(db);
  const { pending, indexing, indexed, failed, passages, waiting, processing, users, conversations } = rows[0]!;
  return { documents: { pending, indexing, indexed, failed }, passages, jobs: { pending: waiting, processing }, users, conversations };
};

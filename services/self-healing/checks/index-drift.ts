import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

/** Passages come and go while documents are read; a difference that stays is drift. */
const TOLERATED = 0;

/** The search index is a copy of rows; it must hold as many passages as they do. */
export const indexDrift = defineCheck({
  id: 'index.drift',
  everyMs: 60_000,
  after: 3,
  timeoutMs: 30_000,
  async look({ retriever, database }) {
    if (!retriever) return { skipped: 'The search index lives in another process, which the test question looks at.' };
    await retriever.loaded;
    const { rows } = await sql<{ passages: number; busy: number }>`
      select (select count(*)::int from document_chunks c join documents d on d.id = c.document_id where d.deleted_at is null) as passages,
        (select count(*)::int from documents where deleted_at is null and status in ('pending', 'indexing')) as busy`.execute(database.db);
    const { passages, busy } = rows[0]!;
    if (busy > 0) return [];
    const stats = await retriever.stats();
    if (Math.abs(stats.passages - passages) <= TOLERATED) return [];
    return [
      {
        subject: '',
        severity: 'WARNING' as const,
        description: `The search index holds ${stats.passages} passages, and the documents have ${passages}.`,
        evidence: { indexed: stats.passages, stored: passages },
      },
    ];
  },
});

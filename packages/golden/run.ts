import type { GoldenTrigger } from '#contracts';
import type { Reader } from '#access';
import type { Database } from '#db';
import { goldenRepository } from './golden.repository.ts';
import { GOLDEN_DEPTH, rankOf, summarise, type Hit, type Measured, type Summary } from './measure.ts';

/** The search that is measured; the retriever fits. `limit` is in passages, so several may share a page. */
export type GoldenSearch = (request: { reader: Reader; query: string; limit: number }) => Promise<{
  readonly items: readonly Hit[];
  readonly degraded?: string;
  /** The embedding model whose vectors were compared. */
  readonly model?: string;
}>;

interface Needs {
  readonly database: Pick<Database, 'db' | 'inTransaction'>;
  readonly search: GoldenSearch;
  readonly signal?: AbortSignal;
}

const PASSAGES_PER_PAGE = 4;

/** Asks every golden question of a workspace and stores the run; null when there is none to ask. */
export const runGolden = async (
  { database, search, signal }: Needs,
  { workspaceId, trigger }: { workspaceId: string; trigger: GoldenTrigger },
): Promise<(Summary & { id: string; degraded: boolean; model: string | null }) | null> => {
  const due = await goldenRepository.listDue(database.db, workspaceId);
  if (due.length === 0) return null;
  const began = performance.now();
  const measured: Measured[] = [];
  let degraded = false;
  let model: string | null = null;
  for (const { id, question, documentIds, page, userId } of due) {
    signal?.throwIfAborted();
    const found = await search({ reader: { workspaceId, userId }, query: question, limit: GOLDEN_DEPTH * PASSAGES_PER_PAGE });
    degraded ||= found.degraded !== undefined;
    model ??= found.model ?? null;
    measured.push({ questionId: id, rank: rankOf(found.items, { documentIds, page }), first: found.items[0] ?? null });
  }
  const summary = summarise(measured);
  const id = await database.inTransaction((tx) =>
    goldenRepository.insertRun(tx, { ...summary, workspaceId, trigger, embedModel: model, degraded, tookMs: performance.now() - began, measured }),
  );
  return { ...summary, id, degraded, model };
};

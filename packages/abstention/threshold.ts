import type { Db } from '#db';
import { abstentionRepository } from './abstention.repository.ts';
import { BUILT_IN } from './confidence.ts';

/** The confidence below which a question is refused: fitted to the workspace's documents, or built in before the first fit. */
export const findThreshold = async (db: Db, workspaceId: string, embedModel: string | null): Promise<number> =>
  (await abstentionRepository.findThreshold(db, workspaceId, embedModel)) ?? (embedModel === null ? BUILT_IN.words : BUILT_IN.meaning);

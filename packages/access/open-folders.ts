import { sql, type RawBuilder } from 'kysely';
import type { Reader } from './readable.ts';

/** The ids of the folders that the reader may read, or write: their own, those granted, and what inherits from these. */
export const openFolders = ({ workspaceId, userId }: Reader, level: 'read' | 'write' = 'read'): RawBuilder<string> =>
  sql<string>`(select open_folders(${workspaceId}::uuid, ${userId}::integer, ${level}::text))`;

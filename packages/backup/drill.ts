import { randomBytes } from 'node:crypto';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { BOX_WORKSPACE, CANARY_QUESTIONS } from '#canary';
import { createFsObjectStore, type BackupTarget } from '#clients';
import { createNotifier, openDatabase } from '#db';
import { AppError, silentLogger } from '#kit';
import { createPostgresSource, createRetriever } from '#retrieval';
import { inDatabase } from './admin-url.ts';
import { createContentReader } from './contents.ts';
import { contentKeysOf, type Manifest } from './manifest.ts';
import { createProgress } from './progress.ts';
import { dropDatabase, restoreDatabase } from './restore-database.ts';
import { bytesOf, restoreObjects, type RestoreNeeds, type RestoreOptions } from './restore.ts';

export interface Drill {
  tookMs: number;
  rows: number;
  documents: number;
  /** Known questions and passages that were looked for in the restored database, and how many were found. */
  asked: number;
  found: number;
  /** False where the disk had no room for a second copy: the originals were read and compared, and not written. */
  filesWritten: boolean;
}

/** Passages of people's own documents that are looked for by their words. */
const SAMPLED_PASSAGES = 10;
const WORDS_OF_A_PASSAGE = 12;
const WITHIN = 5;

interface Sample {
  id: string;
  workspace_id: string;
  document_id: string;
  content: string;
  owner_id: number;
}

/** Asks the restored database what it must know, through the retriever that people are answered by. */
const ask = async (url: string): Promise<{ asked: number; found: number; lost: string[] }> => {
  const database = openDatabase({ url, log: silentLogger, max: 3 });
  const notifier = createNotifier({ database, log: silentLogger });
  const retriever = createRetriever({ source: createPostgresSource({ db: database.db, notifier }), log: silentLogger });
  const result = { asked: 0, found: 0, lost: [] as string[] };
  const look = async (
    workspaceId: string,
    userId: number | null,
    query: string,
    isIt: (passage: { passageId: string; text: string }) => boolean,
  ): Promise<void> => {
    const { items } = await retriever.search({ reader: { workspaceId, userId }, query, mode: 'words', limit: WITHIN, fold: false });
    result.asked += 1;
    if (items.some(isIt)) result.found += 1;
    else result.lost.push(query);
  };
  try {
    await retriever.loaded;
    const own = await database.db.selectFrom('document_chunks').select('id').where('workspace_id', '=', BOX_WORKSPACE).limit(1).executeTakeFirst();
    if (own) for (const { question, expected } of CANARY_QUESTIONS) await look(BOX_WORKSPACE, null, question, ({ text }) => text.includes(expected));
    const samples = (await database.db
      .selectFrom('document_chunks as c')
      .innerJoin('documents as d', 'd.id', 'c.document_id')
      .select(['c.id', 'c.workspace_id', 'c.document_id', 'c.content', 'd.owner_id'])
      .where('d.deleted_at', 'is', null)
      .where('d.owner_id', 'is not', null) // asked on the owner's behalf, who may read it
      .where('d.valid_from', 'is not', null)
      .where('d.valid_until', 'is', null)
      .where('c.workspace_id', '<>', BOX_WORKSPACE)
      .orderBy('c.content_hash') // as good as by chance, and the same for the same backup
      .limit(SAMPLED_PASSAGES)
      .execute()) as Sample[];
    for (const { workspace_id, owner_id, content } of samples) {
      const words = content.replace(/["“”]/g, ' ').split(/\s+/).filter(Boolean).slice(0, WORDS_OF_A_PASSAGE).join(' ');
      if (words !== '') await look(workspace_id, owner_id, words, ({ text }) => text === content || text.includes(content.slice(0, 40)));
    }
    return result;
  } finally {
    await retriever.close();
    await notifier.close();
    await database.close();
  }
};

const hasRoom = async (folder: string, bytes: number): Promise<boolean> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize > 2 * bytes + 2 ** 30;
};

/**
 * Restores a backup into a database and a folder of its own, compares every row, count and hash, looks for what it must know, and takes all of
 * it away again. The box goes on meanwhile. Errors: `backup_damaged` with what was wrong, and those of a restore.
 */
export const drillBackup = async (
  place: BackupTarget,
  manifest: Manifest,
  { dataDir, url, adminUrl, migrationsDir }: RestoreNeeds,
  { onProgress, signal }: RestoreOptions = {},
): Promise<Drill> => {
  const began = performance.now();
  const name = `arasul_drill_${randomBytes(4).toString('hex')}`;
  const folder = join(dataDir, 'restore', name);
  const reader = createContentReader({ target: place, keys: contentKeysOf(manifest) });
  const bytes = bytesOf(manifest);
  const progress = createProgress(bytes.database + bytes.objects + bytes.others, onProgress);
  const filesWritten = await hasRoom(dataDir, bytes.objects);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    progress.enter('database');
    await restoreDatabase(manifest, name, { url, adminUrl, migrationsDir, reader, progress, signal });
    progress.enter('documents');
    if (filesWritten) await restoreObjects(manifest, await createFsObjectStore({ folder, reserveBytes: () => 0 }), { reader, progress, signal });
    const toRead = [...(filesWritten ? [] : manifest.objects), ...manifest.secrets, ...manifest.models.files];
    for (const file of toRead) {
      signal?.throwIfAborted();
      let read = 0;
      for await (const part of reader.read(file)) read += part.length;
      progress.add(read);
    }
    progress.enter('asking');
    const { asked, found, lost } = await ask(inDatabase(url, name));
    if (lost.length > 0)
      throw new AppError('backup_damaged', {
        message: `The backup was restored, but ${lost.length} of ${asked} known passages are not found in it, such as “${lost[0]}”.`,
      });
    return { tookMs: Math.round(performance.now() - began), rows: manifest.counts.rows, documents: manifest.objects.length, asked, found, filesWritten };
  } finally {
    await dropDatabase(adminUrl, name).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
};

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { silentLogger, systemClock } from '#kit';
import { createEmbedPassages } from '../../services/document-indexer/stages/embed-passages.ts';
import { createTestDatabase } from '../support/database.ts';
import { createTestEmbedder } from '../support/indexing.ts';

test('one run of the embedding job finishes every document that waits, however the batches fall', async () => {
  const database = await createTestDatabase();
  try {
    const { db } = database;
    // Sizes around the batch of 64, so that last batches end alone, together, and while the next is looked for.
    for (const size of [1, 63, 64, 65, 128, 130, 3, 200]) {
      const sha256 = createHash('sha256').update(`document of ${size}`).digest('hex');
      const document = await db
        .insertInto('documents')
        .values({
          filename: `${size}.txt`,
          original_name: `${size}.txt`,
          mime_type: 'text/plain',
          size_bytes: size,
          sha256,
          minio_path: sha256,
          status: 'indexing',
          stage: 'embedding',
          page_count: 1,
          pages_read: 1,
          chunk_count: size,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const passages = Array.from({ length: size }, (_, at) => ({
        document_id: document.id,
        chunk_index: at,
        content: `passage ${at} of ${size}`,
        content_hash: createHash('sha256').update(`${size} ${at}`).digest('hex'),
      }));
      await db.insertInto('document_chunks').values(passages).execute();
    }
    const embedder = createTestEmbedder();
    const embed = createEmbedPassages({ database, notifier: database.notifier(), embed: embedder.embed, clock: systemClock, log: silentLogger });
    await embed({ documentId: '00000000-0000-7000-8000-000000000000' }, { signal: new AbortController().signal });
    const rows = await db.selectFrom('documents').select(['filename', 'status', 'chunk_count', 'embedded_count']).execute();
    expect(rows.filter(({ status, chunk_count, embedded_count }) => status !== 'indexed' || chunk_count !== embedded_count)).toEqual([]);
    // Nothing was asked for twice.
    expect(new Set(embedder.state.texts).size).toBe(embedder.state.texts.length);
  } finally {
    await database.remove();
  }
}, 60_000);

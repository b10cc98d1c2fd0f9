import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createFsObjectStore, type ObjectStore } from '#clients';
import { AppError, createLogger, createSecretBox, readOrMakeSecret, silentLogger, systemClock, workerFile } from '#kit';
import { connectQueues } from '#queue';
import { startIndexer } from '../../services/document-indexer/indexer.ts';
import { createPictureReader, type PictureLimits } from '../../services/document-indexer/pictures/picture-reader.ts';
import { createReader, type ReadLimits } from '../../services/document-indexer/reading/reader.ts';
import type { EmbedPassages } from '../../services/document-indexer/stages/embed-passages.ts';
import type { Box, Person } from './box.ts';
import { waitFor } from './wait.ts';

const DIMENSIONS = 16;

/** A small embedder whose vectors depend on the text alone, which can be taken away and held back. */
export const createTestEmbedder = (model = 'test-embedder') => {
  const state = { away: false, held: false, broken: false, model, texts: [] as string[] };
  const embed: EmbedPassages = async (texts, { signal }) => {
    if (texts[0] !== 'ready?') {
      while (state.held) await systemClock.sleep(10, signal);
      state.texts.push(...texts);
    }
    if (state.away) throw new AppError('model_away', { message: 'The model runtime is away.' });
    if (state.broken && texts[0] !== 'ready?') throw new AppError('validation_failed', { message: 'The model refuses this text.' });
    const vectors = texts.map((text) => {
      const bytes = createHash('sha512').update(text).digest();
      const vector = Float32Array.from({ length: DIMENSIONS }, (_, at) => bytes.readInt16LE(2 * at));
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
    return { model: state.model, vectors };
  };
  return { ...state, state, embed };
};

export const testLimits: ReadLimits = {
  openTimeoutMs: 60_000,
  pageTimeoutMs: 4_000,
  totalTimeoutMs: 120_000,
  maxRssBytes: 1.5 * 2 ** 30,
  threadHeapMb: 256,
  threads: 2,
};

interface Options {
  embed?: EmbedPassages;
  limits?: Partial<ReadLimits>;
  keepVersionsDays?: number;
  pictureLimits?: Partial<PictureLimits>;
  objects?: (store: ObjectStore) => ObjectStore;
}

/** The real indexer beside a box: its rows, its queue, its object store. */
export const startIndexing = async (
  box: Pick<Box, 'database' | 'dataDir'>,
  { embed = createTestEmbedder().embed, limits = {}, pictureLimits = {}, keepVersionsDays = 365, objects = (store) => store }: Options = {},
) => {
  const log = process.env.DEBUG_INDEXING ? createLogger('t', { level: 'debug', destination: process.stderr }) : silentLogger;
  const connection = connectQueues({ url: box.database.url, log });
  const indexer = startIndexer({
    database: box.database,
    notifier: box.database.notifier(),
    connection,
    objects: objects(await createFsObjectStore({ folder: join(box.dataDir, 'objects'), reserveBytes: () => 0 })),
    reader: createReader({ entry: workerFile('document-parser'), limits: { ...testLimits, ...limits }, log }),
    pictures: createPictureReader({ entry: workerFile('picture-reader'), limits: { pageTimeoutMs: 60_000, maxRssBytes: 2 ** 30, ...pictureLimits }, log }),
    keepVersionsDays: () => keepVersionsDays,
    languages: () => ['deu', 'eng'],
    embed,
    secrets: createSecretBox(await readOrMakeSecret(box.dataDir, 'master-key')),
    clock: systemClock,
    log,
  });
  const end = async (): Promise<void> => {
    await indexer.stop();
    await connection.close();
  };
  let ending: Promise<void> | undefined;
  return { stop: () => (ending ??= end()) };
};

/** Uploads one file as the body and returns the answer. */
export const upload = (box: Box, as: Person | string, filename: string, body: Uint8Array | string) =>
  box.request('POST', `/api/v1/documents?filename=${encodeURIComponent(filename)}`, { as, body, headers: { 'Content-Type': 'application/octet-stream' } });

/** Uploads one file that is taken, and returns its id. */
export const uploaded = async (box: Box, as: Person | string, filename: string, body: Uint8Array | string): Promise<string> => {
  const { status, body: answer } = await upload(box, as, filename, body);
  if (status !== 201) throw new Error(`the upload of ${filename} answered ${status}: ${JSON.stringify(answer)}`);
  return answer.items[0].id;
};

/** The document's view once it is in one of these states. */
export const whenDocument = (box: Box, as: Person | string, id: string, states: readonly string[] = ['indexed', 'failed']) =>
  waitFor(
    async () => {
      const { body } = await box.request('GET', `/api/v1/documents/${id}`, { as });
      return states.includes(body.status) || states.includes(body.stage) ? body : undefined;
    },
    { what: `document ${id} to be ${states.join(' or ')}`, timeoutMs: 60_000, everyMs: 50 },
  );

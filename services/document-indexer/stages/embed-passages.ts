import { errorText, isAppError, type Clock, type Logger } from '#kit';
import type { Database, Notifier } from '#db';
import { estimate, readRates, recordRates } from '#documents';
import { searchModels } from '#retrieval';
import {
  countVectors,
  copyKnownVectors,
  dropOtherModels,
  findMissing,
  finishEmbedding,
  insertVectors,
  listToEmbed,
  markWaiting,
  type MissingPassage,
  type ToEmbed,
} from '../embeddings.repository.ts';
import { setProgress, updateRun } from '../documents.repository.ts';

/** The narrow port to the embedding model. Throws the `model_*` errors of the runtime while it cannot serve. */
export type EmbedPassages = (
  texts: readonly string[],
  options: { signal: AbortSignal; model?: string },
) => Promise<{ model: string; vectors: readonly Float32Array[] }>;

interface Needs {
  database: Database;
  /** Called in the same transaction that finds another model's vectors complete: whether they may serve is decided elsewhere. */
  onComplete?: (model: string) => Promise<void>;
  notifier: Pick<Notifier, 'publish'>;
  embed: EmbedPassages;
  /** The active embedding model's name, without standing in line. Throws like `embed`, which is asked when it is left out. */
  probe?: (signal: AbortSignal) => Promise<string>;
  clock: Clock;
  log: Logger;
}

/** Texts of one request: the runtime sorts them by length, so a few dozen waste little on padding. */
const BATCH = 64;
/** One batch is computed while the one before it is stored and the next one fetched. */
const IN_FLIGHT = 2;
/** Readers of the index take up vectors in steps; each step rereads the document's. */
const ANNOUNCE_EVERY_MS = 10_000;
const MODEL_PATIENCE_MS = { first: 500, max: 5_000 };
const MODEL_AWAY = new Set(['model_away', 'model_not_ready', 'model_stopped', 'model_busy', 'model_unknown']);

const isModelAway = (error: unknown): boolean => isAppError(error) && MODEL_AWAY.has(error.code);

interface Batch {
  readonly document: ToEmbed;
  readonly passages: readonly MissingPassage[];
}

/** Measures how long a passage takes while work is under way. */
const createMeter = (clock: Clock) => {
  const since = clock.now();
  let passages = 0;
  return {
    add: (count: number) => void (passages += count),
    msPerPassage: () => (passages < BATCH ? undefined : (clock.now() - since) / passages),
  };
};

/**
 * The embedding stage: gives every passage that lacks one a vector of the active model, newest document first, until none
 * is left. Only what is missing is asked for, so that it can be killed anywhere and goes on where it was. While the model
 * is away, documents say that they wait for it, and can be searched by words.
 */
export const createEmbedPassages = ({ database, notifier, embed: embedWith, probe: probeWith, onComplete, clock, log }: Needs) => {
  const { db } = database;
  const announcedAt = new Map<string, number>();
  /** Named only where the active model is not the one to embed with. */
  let named: string | undefined;
  const embed: EmbedPassages = (texts, options) => embedWith(texts, { ...options, ...(named === undefined ? {} : { model: named }) });

  const probe = probeWith ?? (async (signal: AbortSignal): Promise<string> => (await embedWith(['ready?'], { signal })).model);

  const announce = async (documentId: string, force = false): Promise<void> => {
    if (!force && clock.now() - (announcedAt.get(documentId) ?? 0) < ANNOUNCE_EVERY_MS) return;
    announcedAt.set(documentId, clock.now());
    await notifier.publish(db, 'passages.embedded', { documentId });
  };

  /** The active model's name, once it serves. */
  const awaitModel = async (signal: AbortSignal): Promise<string> => {
    for (let patienceMs = MODEL_PATIENCE_MS.first; ; patienceMs = Math.min(2 * patienceMs, MODEL_PATIENCE_MS.max)) {
      try {
        named = undefined;
        const active = await probe(signal);
        // The active model was not let in: what comes is embedded for the one that serves.
        const decided = await searchModels.find(db);
        if (decided?.refused === active && decided.serving !== active) named = decided.serving;
        const model = named ?? active;
        await markWaiting(db, false);
        return model;
      } catch (error) {
        if (!isModelAway(error)) throw error;
        for (const documentId of await markWaiting(db, true)) await notifier.publish(db, 'documents.changed', { documentId });
        await clock.sleep(patienceMs, signal);
      }
    }
  };

  const finish = async (document: ToEmbed, model: string): Promise<void> => {
    if (!(await finishEmbedding(db, document, model))) return;
    const { msPerPage, msPerPassage } = await readRates(db, document.mimeType);
    await recordRates(db, document.mimeType, { msPerByte: (document.pageCount * msPerPage + document.passages * msPerPassage) / document.sizeBytes });
    await announce(document.id, true);
    announcedAt.delete(document.id);
    await notifier.publish(db, 'documents.changed', { documentId: document.id });
    log.info({ documentId: document.id, model }, 'a document was indexed');
  };

  /** Once nothing lacks a vector of the model: it serves, or it is asked whether it may. */
  const settle = async (model: string): Promise<void> => {
    if ((await listToEmbed(db, model)).length > 0) return;
    await searchModels.begin(db, model);
    const decided = await searchModels.find(db);
    if (decided === null) return;
    const { serving, previous, refused } = decided;
    await dropOtherModels(
      db,
      [serving, previous, model].filter((one) => one !== null),
    );
    if (serving !== model && refused !== model) await onComplete?.(model);
  };

  const drain = async (model: string, signal: AbortSignal): Promise<void> => {
    const meter = createMeter(clock);
    const underWay = new Map<Promise<void>, Batch>();
    const prepared = new Set<string>();
    let stopped: { reason: unknown } | undefined;

    /** The next batch of the newest document that has one; documents that turn out complete are finished on the way. */
    const takeBatch = async (): Promise<Batch | undefined> => {
      for (const document of await listToEmbed(db, model)) {
        if (!prepared.has(document.id)) {
          prepared.add(document.id);
          await copyKnownVectors(db, document, model);
        }
        const taken = [...underWay.values()].filter((batch) => batch.document.id === document.id).flatMap((batch) => batch.passages.map(({ id }) => id));
        const passages = await findMissing(db, document, model, { limit: BATCH, except: taken });
        if (passages.length > 0) return { document, passages };
        if (taken.length === 0) await finish(document, model);
      }
      return undefined;
    };

    const compute = async ({ document, passages }: Batch): Promise<void> => {
      const answer = await embed(
        passages.map((passage) => `${passage.contextHeader}\n${passage.text}`),
        { signal },
      );
      await insertVectors(
        db,
        passages.map((passage) => passage.id),
        answer,
      );
      meter.add(passages.length);
      const rates = await readRates(db, document.mimeType);
      const embedded = await countVectors(db, document, model);
      if (!document.isRefresh) {
        await updateRun(db, document, { embedded_count: embedded });
        const { pageCount, passages: total, sizeBytes } = document;
        await setProgress(
          db,
          document,
          estimate(
            { sizeBytes, pageCount, pagesRead: pageCount, passages: total, embedded },
            { ...rates, msPerPassage: meter.msPerPassage() ?? rates.msPerPassage },
          ),
        );
        await announce(document.id);
      }
      if (answer.model !== model) throw new ModelChanged();
    };

    const start = (batch: Batch): void => {
      const work = compute(batch)
        .catch(async (error: unknown) => {
          if (signal.aborted || isModelAway(error) || error instanceof ModelChanged || !isAppError(error) || error.kind.retryable)
            stopped ??= { reason: error };
          else
            await updateRun(db, batch.document, {
              status: 'failed',
              error_code: error.code,
              error_message: `Its passages could not be made searchable by meaning: ${errorText(error)}`,
              remaining_ms: null,
            });
        })
        .finally(() => underWay.delete(work));
      underWay.set(work, batch);
    };

    for (;;) {
      // Looked at before the next batch is: work that ends meanwhile may have left its document to be finished.
      const wasIdle = underWay.size === 0;
      const batch = stopped === undefined && underWay.size < IN_FLIGHT ? await takeBatch() : undefined;
      if (batch !== undefined) start(batch);
      else if (wasIdle) break;
      else if (underWay.size > 0) await Promise.race(underWay.keys());
    }
    const msPerPassage = meter.msPerPassage();
    if (msPerPassage !== undefined) await recordRates(db, '', { msPerPassage });
    if (stopped !== undefined) throw stopped.reason;
  };

  return async (_payload: { documentId: string }, { signal }: { signal: AbortSignal }): Promise<void> => {
    for (;;) {
      const waiting = await listToEmbed(db, null);
      if (waiting.length === 0) return;
      const model = await awaitModel(signal);
      try {
        await drain(model, signal);
        await settle(model);
        return;
      } catch (error) {
        if (signal.aborted || !(isModelAway(error) || error instanceof ModelChanged)) throw error;
      }
    }
  };
};

/** Another model answered than the one that was asked: what is missing must be looked up for it. */
class ModelChanged extends Error {}

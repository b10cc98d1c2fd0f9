import type { VectorHit, VectorIndex } from '#clients';
import { errorText, type Logger } from '#kit';
import type { ExpectedPassage } from '../index/search-index.ts';
import type { PassageSource } from '../source/source.ts';
import { FEEDBACK_PASSAGES, movedTowards } from './feedback.ts';

const BATCH = 256;
const RETRY_MS = 5_000;

/** What the meaning stage found elsewhere. */
export interface OuterHits {
  /** By the question's own vector. */
  readonly plain: readonly VectorHit[];
  /** By the question moved towards its nearest passages: what is ranked by. */
  readonly moved: readonly VectorHit[];
}

export interface OuterQuery {
  readonly model: string;
  readonly values: Float32Array;
  readonly feedback: number;
  readonly limit: number;
  readonly workspaceId: string;
  /** Only these documents; all of the workspace when absent. */
  readonly documentIds?: readonly string[];
}

export interface OuterVectors {
  /** Brings a document's vectors up to date, soon and as often as it takes: words never wait for it. */
  follow(documentId: string): void;
  /** Errors: `part_away`. */
  near(query: OuterQuery): Promise<OuterHits>;
  close(): void;
}

interface Needs {
  readonly index: VectorIndex;
  readonly source: Pick<PassageSource, 'findDocument' | 'readVectors'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Vectors in an index outside this process, kept equal to the rows and asked in place of the box's own. */
export const createOuterVectors = ({ index, source, log }: Needs): OuterVectors => {
  const waiting = new Set<string>();
  let running = false;
  let closed = false;

  const fill = async (model: string, documentId: string, workspaceId: string, passages: readonly ExpectedPassage[]): Promise<void> => {
    const stored = await index.list(model, documentId);
    const expected = new Map(passages.map((passage) => [passage.id, passage]));
    await index.remove([...stored.keys()].filter((id) => !expected.has(id)));
    const lacking = passages.filter(({ id, contentHash, models }) => models.includes(model) && stored.get(id) !== contentHash).map(({ id }) => id);
    for (let at = 0; at < lacking.length; at += BATCH) {
      const { ids, values } = await source.readVectors(model, lacking.slice(at, at + BATCH));
      const dimensions = values.length / Math.max(1, ids.length);
      await index.put(
        model,
        ids.map((id, row) => ({
          id,
          documentId,
          workspaceId,
          contentHash: expected.get(id)!.contentHash,
          vector: values.subarray(row * dimensions, (row + 1) * dimensions),
        })),
      );
    }
  };

  const update = async (documentId: string): Promise<void> => {
    const document = await source.findDocument(documentId);
    if (document === null || document.passages.length === 0) return index.removeDocument(documentId);
    for (const model of new Set(document.passages.flatMap(({ models }) => models))) await fill(model, documentId, document.workspaceId, document.passages);
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiting.size > 0 && !closed) {
      const documentId = [...waiting].at(-1)!;
      waiting.delete(documentId);
      try {
        await update(documentId);
      } catch (error) {
        log.warn({ documentId, reason: errorText(error) }, 'a document’s vectors could not be brought into the vector index; trying again');
        waiting.add(documentId);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
    running = false;
  };

  return {
    follow(documentId) {
      waiting.add(documentId);
      void run();
    },
    async near({ model, values, feedback, ...rest }) {
      const plain = await index.search({ model, vector: values, ...rest });
      if (feedback === 0 || plain.length === 0) return { plain, moved: plain };
      const nearest = await index.vectors(
        model,
        plain.slice(0, FEEDBACK_PASSAGES).map(({ id }) => id),
      );
      return { plain, moved: await index.search({ model, vector: movedTowards(values, [...nearest.values()], feedback), ...rest }) };
    },
    close() {
      closed = true;
      waiting.clear();
    },
  };
};

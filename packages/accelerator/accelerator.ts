import type { Database, Notifier } from '#db';
import type { Embeddings, ModelRuntime, RuntimeTarget } from '#clients';
// The one place that makes a runtime's port: .dependency-cruiser.cjs refuses it everywhere else.
import { createOpenAiRuntime } from '../clients/model-runtime/openai-runtime.ts';
import { createReranking, type Reranking } from './rerank.ts';
import { createSliceWork, type SliceOwner } from './slice-work.ts';
import { createTurnTaker } from './turn-taker.ts';

interface Needs {
  /** Asked before every call, so that a changed setting counts at once. */
  target: () => RuntimeTarget | Promise<RuntimeTarget>;
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect'>;
}

interface EmbedOptions {
  /** The active embedding model when absent. */
  model?: string;
  signal?: AbortSignal;
}

/** The doors to the model runtime. Whoever wants something of a model comes in by one of them. Errors of all: those of `ModelRuntime`. */
export interface Accelerator {
  /** A question's vector, at once: the runtime lets it in between two batches, and it is over before a turn could be arranged (ADR 0021). */
  embedQuery(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /** Scores the best passages of a search by a model that reads each with the question, at once and for less than a second. */
  reranking: Reranking;
  /** Vectors of any number of passages, in slices that stand in line with everybody's questions. */
  embedPassages(texts: readonly string[], owner: SliceOwner, options?: EmbedOptions): Promise<Embeddings>;
  /** What costs the accelerator nothing: which models there are, and how long a text is. */
  models: ModelRuntime['models'];
  countTokens: ModelRuntime['countTokens'];
  /** For the one that holds the lease of a job whose turn it is: the worker of the line. */
  answering: Pick<ModelRuntime, 'chat' | 'models' | 'countTokens' | 'load'>;
}

/** The one way to the accelerator: whatever would hold it for long asks the scheduler first. */
export const createAccelerator = ({ target, database, notifier }: Needs): Accelerator => {
  const runtime = createOpenAiRuntime({ target });
  const takeTurn = createTurnTaker({ database, notifier });
  const embedPassages = createSliceWork({ embed: runtime.embed, takeTurn });
  return {
    embedQuery: (texts, { model, signal } = {}) => runtime.embed(texts, { kind: 'query', class: 'interactive', model, signal }),
    reranking: createReranking({ target, runtime }),
    embedPassages,
    models: runtime.models,
    countTokens: runtime.countTokens,
    answering: runtime,
  };
};

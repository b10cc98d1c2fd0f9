/** `interactive`: a person waits. `background`: yields to a running answer and to people's searches, but never starves. */
export type WorkClass = 'interactive' | 'background';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** The active chat model when absent. */
  model?: string;
  /** At most so many tokens of answer; as many as the context leaves room for when absent. */
  maxTokens?: number;
  /** 0 is greedy and repeatable. */
  temperature?: number;
  topP?: number;
  seed?: number;
  /** The answer ends before the first of these; they are not part of it. */
  stop?: readonly string[];
}

export interface ChatUsage {
  promptTokens: number;
  completionTokens: number;
}

/** Where an answer's time went. From the runtime when it tells, else as seen from here. */
export interface ChatTimings {
  promptTokens: number;
  /** Of these, tokens whose state was still there from an earlier call. */
  cachedTokens: number;
  prefillMs: number;
  decodeMs: number;
  tokensPerSecond: number;
}

export type ChatEvent = { type: 'delta'; text: string } | { type: 'done'; reason: 'stop' | 'length'; model: string; usage: ChatUsage; timings: ChatTimings };

export interface EmbedOptions {
  /** Some models expect a question and a passage to be marked differently. */
  kind: 'query' | 'passage';
  class: WorkClass;
  /** The active embedding model when absent. */
  model?: string;
  signal?: AbortSignal;
}

export interface Embeddings {
  /** The model that made them: vectors of different models cannot be compared. */
  model: string;
  dimensions: number;
  /** Of length 1, in the order of the texts. */
  vectors: Float32Array[];
}

export interface Reranked {
  model: string;
  /** How well each text answers the question, 0..1, in the order of the texts. */
  scores: number[];
}

export interface RuntimeModel {
  id: string;
  /** Unknown for an external runtime, which does not say. */
  purpose: 'chat' | 'embed' | 'rerank' | null;
  contextTokens: number | null;
  /** Answers when no model is named; null when the runtime does not say. */
  active: boolean | null;
  /** In memory now; null when the runtime does not say. */
  loaded: boolean | null;
  /** SHA-256 of its weights; null when the runtime does not say. */
  digest: string | null;
}

/**
 * A model runtime: ours, or any that speaks OpenAI's wire format.
 *
 * Errors of all calls: `model_away` (no runtime there), `model_not_ready` (no such model on disk yet, or still loading), `model_unknown`,
 * `model_stopped` (it died in mid-work; what it sent so far stands), `model_busy`. An aborted call throws its signal's reason.
 */
export interface ModelRuntime {
  /** Deltas as they are made, then one `done`. Leaving the loop or aborting stops the model at once. Errors: also `context_exceeded`. */
  chat(request: ChatRequest, options?: { signal?: AbortSignal }): AsyncIterable<ChatEvent>;
  /** Vectors of unit length, one per text; a text beyond the model's limit counts with its beginning. */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embeddings>;
  /** Scores texts by a model that reads each together with the question. Errors: also `model_not_ready` where none is installed or named. */
  rerank(query: string, texts: readonly string[], options?: { model?: string; signal?: AbortSignal }): Promise<Reranked>;
  models(options?: { signal?: AbortSignal }): Promise<RuntimeModel[]>;
  /** Takes a chat model into memory, where the runtime can be told to; resolves when it is there. */
  load?(model: string, options?: { signal?: AbortSignal }): Promise<void>;
  /** Tokens of a text, or of messages with the model's template around them. An upper estimate where the runtime cannot count. */
  countTokens(input: string | readonly ChatMessage[], options?: { model?: string; signal?: AbortSignal }): Promise<number>;
}

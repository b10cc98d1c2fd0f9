export { readRuntimeHealth, type RuntimeHealth } from './health.ts';
export type {
  ChatEvent,
  ChatMessage,
  ChatRequest,
  ChatTimings,
  ChatUsage,
  Embeddings,
  EmbedOptions,
  ModelRuntime,
  Reranked,
  RuntimeModel,
  WorkClass,
} from './port.ts';
export { findRuntimes, probeRuntime, type FoundRuntime } from './probe.ts';
export { chooseTarget, type RuntimeTarget } from './target.ts';
export { encodeVector, normalise } from './vectors.ts';

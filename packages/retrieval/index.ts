export { createGrounder } from './grounding/grounder.ts';
export { SUPPORT_THRESHOLD } from './grounding/support.ts';
export type { Evidence } from './index/search-index.ts';
export type { Grounder, GroundingCheck, GroundingPassage } from './grounding/types.ts';
export { createWorkerEngine, type SearchEngine } from './index/engine.ts';
export type { Box, PageBox, Passage, PassageBox, TextCell, TextDocument, TextLine, TextPage } from './passages/types.ts';
export { excerptOf } from './query/excerpt.ts';
export { questionLanguage, standaloneQuery } from './query/standalone.ts';
export { createRetriever } from './retriever.ts';
export { followServingModel, searchModels, type SearchModels } from './serving/search-models.ts';
export { sharedRetriever } from './shared.ts';
export { createPostgresSource } from './source/postgres-source.ts';
export type { PassageSource, PassageView } from './source/source.ts';
export { sentenceSpans } from './text/sentences.ts';
export { STOP_WORDS } from './text/stop-words.ts';
export type {
  DocumentFilter,
  EmbedQuery,
  FoundPassage,
  Reranker,
  Retriever,
  RetrieverStats,
  SearchMode,
  SearchRequest,
  SearchResult,
  TextSpan,
} from './types.ts';

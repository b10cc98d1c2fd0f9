export { makePassages } from './passages/make-passages.ts';
export type { Box, PageBox, Passage, PassageBox, TextCell, TextDocument, TextLine, TextPage } from './passages/types.ts';
export { detectLanguage } from './text/language.ts';
export { sentenceSpans } from './text/sentences.ts';
export type { EmbedQuery, FoundPassage, Retriever, RetrieverStats, SearchMode, SearchRequest, SearchResult, TextSpan } from './types.ts';
export type { Grounder, GroundingCheck, GroundingPassage } from './grounding/types.ts';

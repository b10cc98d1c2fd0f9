import type { Citation, MessageView } from '#contracts';
import { createContext, use } from 'react';

export interface OpenSource {
  citation: Citation;
  /** The sources of the same answer, by their number. */
  among: readonly Citation[];
  weakSearch: MessageView['weakSearch'];
}

/** What the sources of one answer have in common. */
export type AnswerSources = Omit<OpenSource, 'citation'>;

interface Sources {
  opened: OpenSource | null;
  open(source: OpenSource): void;
}

export const SourceContext = createContext<Sources>({ opened: null, open: () => undefined });

/** The source that stands beside the answer, and how to open another. */
export const useSources = (): Sources => use(SourceContext);

/** The answer around a citation. */
export const AnswerContext = createContext<AnswerSources>({ among: [], weakSearch: null });

/** Opens a source of the answer around it, with a way to the answer's others. */
export const useOpenSource = (): { opened: Citation | null; open(citation: Citation): void } => {
  const { opened, open } = useSources();
  const answer = use(AnswerContext);
  return { opened: opened?.citation ?? null, open: (citation) => open({ citation, ...answer }) };
};

/** Each source once, in the order of the numbers. */
export const byMarker = (citations: readonly Citation[]): Citation[] =>
  [...new Map(citations.map((citation) => [citation.marker, citation])).values()].sort((one, other) => one.marker - other.marker);

import type { Citation } from '#contracts';
import { createContext, use } from 'react';

export interface OpenSource {
  citation: Citation;
}

interface Sources {
  opened: Citation | null;
  open(citation: Citation): void;
}

export const SourceContext = createContext<Sources>({ opened: null, open: () => undefined });

/** The source that stands beside the answer, and how to open another. */
export const useSources = (): Sources => use(SourceContext);

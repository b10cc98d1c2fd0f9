import type { MessageView } from '#contracts';

/** An answer as text to be pasted elsewhere: its words, then each source once with its place and quote. */
export const withSources = (
  { content, citations }: Pick<MessageView, 'content' | 'citations'>,
  heading: string,
  place: (file: string, page: number) => string,
): string => {
  if (citations.length === 0) return content;
  const lines = citations
    .toSorted((one, other) => one.marker - other.marker)
    .map(({ marker, filename, page, quote }) => `[${marker}] ${place(filename, page)}: “${quote.replaceAll(/\s+/g, ' ').trim()}”`);
  return `${content.trimEnd()}\n\n${heading}\n${lines.join('\n')}\n`;
};

/** One server-sent event. */
export interface SseEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/**
 * Turns chunks of a `text/event-stream` into events, whatever the chunks' borders.
 * Returns a function that takes the next chunk and gives the events it completed. Comments (heartbeats) are dropped.
 */
export const createSseParser = (): ((chunk: string) => SseEvent[]) => {
  let rest = '';
  let id: string | undefined;
  let event = '';
  let data: string[] = [];

  const line = (text: string, out: SseEvent[]): void => {
    if (text === '') {
      if (data.length > 0) out.push({ id, event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    if (text.startsWith(':')) return;
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  };

  return (chunk) => {
    const out: SseEvent[] = [];
    rest += chunk;
    // A lone \r at the very end may be half of \r\n: it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const text of lines) line(text, out);
    return out;
  };
};

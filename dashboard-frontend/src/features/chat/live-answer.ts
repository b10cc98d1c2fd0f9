import { type Citation, type JobEventData, type JobEventName, type MessageView, type Ticket } from '#contracts';
import type { SseEvent } from '../../lib/api/sse-parser.ts';

/** An answer while it comes: the fold of its job's events. */
export interface LiveAnswer {
  phase: 'waiting' | 'searching' | 'writing' | 'done' | 'failed' | 'cancelled';
  ticket: Ticket | null;
  attempt: number;
  content: string;
  citations: Citation[];
  unsupported: [number, number][];
  doubtfulNumbers: [number, number][];
  /** Parts of a long document that have been read. */
  progress: JobEventData<'progress'> | null;
  retrieved: { passages: number; documents: number; meaningAway: boolean } | null;
  error: { code: string; message: string } | null;
  /** The message as it was stored in the end. */
  message: MessageView | null;
}

export const waitingAnswer: LiveAnswer = {
  phase: 'waiting',
  ticket: null,
  attempt: 1,
  content: '',
  citations: [],
  unsupported: [],
  doubtfulNumbers: [],
  progress: null,
  retrieved: null,
  error: null,
  message: null,
};

type JobEvent = { [Name in JobEventName]: { name: Name; data: JobEventData<Name> } }[JobEventName];

const names: readonly JobEventName[] = ['ticket', 'started', 'retrieved', 'progress', 'token', 'citation', 'done', 'failed', 'cancelled'];

/** Reads an event of the stream; one that this page does not know yet is null. */
export const readJobEvent = ({ event, data }: SseEvent): JobEvent | null => {
  const name = names.find((each) => each === event);
  return name === undefined ? null : { name, data: JSON.parse(data) };
};

export const isFinal = ({ event }: SseEvent): boolean => event === 'done' || event === 'failed' || event === 'cancelled';

/** The answer after one more event. */
export const foldAnswer = (answer: LiveAnswer, event: JobEvent): LiveAnswer => {
  switch (event.name) {
    case 'ticket':
      return answer.phase === 'waiting' ? { ...answer, ticket: event.data } : answer;
    case 'started':
      // A second try begins afresh: what the first one wrote is void.
      return { ...waitingAnswer, phase: 'searching', attempt: event.data.attempt };
    case 'retrieved':
      return {
        ...answer,
        retrieved: {
          passages: event.data.passages.length,
          documents: new Set(event.data.passages.map(({ documentId }) => documentId)).size,
          meaningAway: event.data.degraded === 'meaning_away',
        },
      };
    case 'progress':
      return { ...answer, progress: event.data };
    case 'token':
      return { ...answer, phase: 'writing', content: answer.content + event.data.text };
    case 'citation': {
      const { citation, start, end, unsupported, doubtfulNumbers = [] } = event.data;
      return {
        ...answer,
        citations: citation === null || answer.citations.some(({ marker }) => marker === citation.marker) ? answer.citations : [...answer.citations, citation],
        unsupported: unsupported ? [...answer.unsupported, [start, end]] : answer.unsupported,
        doubtfulNumbers: doubtfulNumbers.length > 0 ? [...answer.doubtfulNumbers, ...doubtfulNumbers] : answer.doubtfulNumbers,
      };
    }
    case 'done':
      return { ...answer, phase: 'done', message: event.data.message };
    case 'failed':
      return { ...answer, phase: 'failed', error: event.data };
    case 'cancelled':
      return { ...answer, phase: 'cancelled', message: event.data.message };
  }
};

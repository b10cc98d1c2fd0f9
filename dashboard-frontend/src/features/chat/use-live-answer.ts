import { useEffect, useRef, useState } from 'react';
import { followEvents } from '../../lib/api/follow.ts';
import { foldAnswer, isFinal, type LiveAnswer, readJobEvent, waitingAnswer } from './live-answer.ts';

interface Live {
  answer: LiveAnswer;
  /** The stream cannot be followed at all (the job is gone, or not ours). */
  lost: unknown;
}

/**
 * Follows the job of an answer from its first event, so that a reload shows what was written so far. Events are folded as
 * they come and shown once a frame at most.
 */
export const useLiveAnswer = (jobId: string, onEnd: (answer: LiveAnswer) => void): Live => {
  const [live, setLive] = useState<Live>({ answer: waitingAnswer, lost: undefined });
  // A new function for the end is no reason to follow anew.
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    const stop = new AbortController();
    let answer = waitingAnswer;
    let frame = 0;
    const show = () => {
      frame = 0;
      setLive({ answer, lost: undefined });
    };
    followEvents(`/jobs/${jobId}/events`, {
      signal: stop.signal,
      isLast: isFinal,
      onEvent(event) {
        const read = readJobEvent(event);
        if (read === null) return;
        answer = foldAnswer(answer, read);
        frame ||= requestAnimationFrame(show);
      },
    }).then(
      () => {
        if (!stop.signal.aborted) end.current(answer);
      },
      (error: unknown) => setLive({ answer, lost: error }),
    );
    return () => {
      stop.abort();
      cancelAnimationFrame(frame);
    };
  }, [jobId]);
  return live;
};

import { useRef } from 'react';

const SENTENCE_END = /[.!?:](?=\s)|\n/g;

/** The growing answer for screen readers: whole sentences, never tokens. */
export const Spoken = ({ text }: { text: string }) => {
  const end = [...text.matchAll(SENTENCE_END)].at(-1);
  const upTo = end === undefined ? 0 : end.index + end[0].length;
  const said = useRef(0);
  if (upTo < said.current) said.current = 0;
  const fresh = text.slice(said.current, upTo).replaceAll(/\[\d+\]|[*_`#|]/g, '');
  const sentence = useRef('');
  if (fresh.trim() !== '') {
    sentence.current = fresh;
    said.current = upTo;
  }
  return (
    <div className="only-heard" aria-live="polite">
      {sentence.current}
    </div>
  );
};

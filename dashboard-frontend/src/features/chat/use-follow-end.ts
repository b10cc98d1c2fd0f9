import { useCallback, useEffect, useRef } from 'react';

const AT_END_PX = 48;

/** Keeps the end in view while content grows, but only for a reader who is at the end. */
export const useFollowEnd = () => {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follows = useRef(true);

  useEffect(() => {
    const frame = scroller.current;
    const inside = content.current;
    if (frame === null || inside === null) return;
    const onScroll = () => {
      follows.current = frame.scrollHeight - frame.scrollTop - frame.clientHeight < AT_END_PX;
    };
    const grown = new ResizeObserver(() => {
      if (follows.current) frame.scrollTop = frame.scrollHeight;
    });
    frame.addEventListener('scroll', onScroll, { passive: true });
    grown.observe(inside);
    grown.observe(frame);
    return () => {
      frame.removeEventListener('scroll', onScroll);
      grown.disconnect();
    };
  }, []);

  const toEnd = useCallback(() => {
    follows.current = true;
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);
  /** What is read now is not the end, whatever grows. */
  const leaveEnd = useCallback(() => {
    follows.current = false;
  }, []);
  return { scroller, content, toEnd, leaveEnd };
};

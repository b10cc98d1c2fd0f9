import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { farPlaces, places } from './places.ts';

const SEQUENCE_MS = 1200;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Ctrl/Cmd-K opens the palette, `/` goes to the page's search (else the palette), `g` and a letter to a page. */
export const useShortcuts = () => {
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);

  useEffect(() => {
    let gAt = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpened((now) => !now);
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || document.querySelector('[role=dialog]')) return;
      if (event.key === '/') {
        event.preventDefault();
        const search = document.querySelector<HTMLElement>('[data-page-search]');
        if (search) search.focus();
        else setOpened(true);
        return;
      }
      if (event.key === 'g') {
        gAt = event.timeStamp;
        return;
      }
      const place = [...places, ...farPlaces].find(({ key }) => key === event.key);
      if (place && gAt > 0 && event.timeStamp - gAt < SEQUENCE_MS) {
        event.preventDefault();
        void navigate({ to: place.to });
      }
      gAt = 0;
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);

  return { opened, open: () => setOpened(true), close: () => setOpened(false) };
};

import { useQueryClient } from '@tanstack/react-query';
import type { NotificationView } from '#contracts';
import { useEffect, useState } from 'react';
import { apiPath } from '../../lib/api/client.ts';
import { useWords } from '../alerts/index.ts';

/** Shows it outside of the page where the person allowed that and does not look at the page. */
const show = ({ id, severity, link }: NotificationView, title: string): void => {
  if (!('Notification' in window) || Notification.permission !== 'granted' || document.visibilityState === 'visible') return;
  const shown = new Notification(title, { tag: id, requireInteraction: severity === 'critical' });
  shown.onclick = () => {
    window.focus();
    if (link !== null) window.location.assign(link);
  };
};

const LOCK = 'arasul.bell';

/**
 * Calls `connect` while this page should hear the box, and what it returns when it should not. A browser gives all its pages together six
 * connections to a server, so only a page that is looked at keeps one, and of those that are not a single one, where notifications are allowed.
 */
const whileHearing = (connect: () => () => void): (() => void) => {
  let end: (() => void) | undefined;
  const turn = (): void => {
    end?.();
    end = undefined;
    if (document.visibilityState === 'visible') end = connect();
    else if ('Notification' in window && Notification.permission === 'granted' && 'locks' in navigator) {
      const leaving = new AbortController();
      let disconnect: (() => void) | undefined;
      const hold = () =>
        new Promise<void>((release) => {
          disconnect = connect();
          leaving.signal.addEventListener('abort', () => release());
        });
      // Given up before it was granted, the request rejects, which is what was wanted.
      navigator.locks.request(LOCK, { signal: leaving.signal }, hold).catch(() => undefined);
      end = () => {
        leaving.abort();
        disconnect?.();
      };
    }
  };
  turn();
  document.addEventListener('visibilitychange', turn);
  return () => {
    document.removeEventListener('visibilitychange', turn);
    end?.();
  };
};

/** How many messages are unread, as it changes; the browser reconnects by itself. */
export const useBell = (enabled: boolean): number => {
  const client = useQueryClient();
  const words = useWords();
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    if (!enabled) return undefined;
    let last: string | null | undefined;
    return whileHearing(() => {
      const source = new EventSource(apiPath('/notifications/stream'));
      source.addEventListener('bell', ({ data }: MessageEvent<string>) => {
        const ring = JSON.parse(data) as { unread: number; newest: NotificationView | null };
        setUnread(ring.unread);
        // The first word that this page hears is what is known already.
        if (last !== undefined && ring.newest !== null && ring.newest.id !== last) show(ring.newest, words(ring.newest.title));
        last = ring.newest?.id ?? null;
        void client.invalidateQueries({ queryKey: ['bell'] });
      });
      return () => source.close();
    });
  }, [enabled, client, words]);
  return unread;
};

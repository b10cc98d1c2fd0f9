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

/** How many messages are unread, as it changes; the browser reconnects by itself. */
export const useBell = (enabled: boolean): number => {
  const client = useQueryClient();
  const words = useWords();
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    if (!enabled) return undefined;
    const source = new EventSource(apiPath('/notifications/stream'));
    let last: string | null | undefined;
    source.addEventListener('bell', ({ data }: MessageEvent<string>) => {
      const ring = JSON.parse(data) as { unread: number; newest: NotificationView | null };
      setUnread(ring.unread);
      // The first word after a connection is what is known already.
      if (last !== undefined && ring.newest !== null && ring.newest.id !== last) show(ring.newest, words(ring.newest.title));
      last = ring.newest?.id ?? null;
      void client.invalidateQueries({ queryKey: ['bell'] });
    });
    return () => source.close();
  }, [enabled, client, words]);
  return unread;
};

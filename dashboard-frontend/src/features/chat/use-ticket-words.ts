import type { Ticket } from '#contracts';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';

/** A place in line in one line: “2nd in line, about 40 s (at most 70 s)”. */
export const useTicketWords = (): ((ticket: Ticket | null) => string) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  return useCallback(
    (ticket) => {
      if (ticket === null) return t('live.sent');
      const place = ticket.position <= 1 ? t('live.next') : t('live.place', { count: ticket.position, ordinal: true });
      if (ticket.paused) return `${place}. ${t('live.paused')}.`;
      const about = ticket.etaMs === null ? null : t('live.about', { time: format.estimate(ticket.etaMs) });
      const most = ticket.etaMs === null || ticket.etaP90Ms === null ? null : format.estimate(ticket.etaP90Ms);
      const isWider = most !== null && most !== format.estimate(ticket.etaMs!);
      return about === null ? `${place}.` : `${place}, ${about}${isWider ? ` ${t('live.atMost', { time: most })}` : ''}.`;
    },
    [t, format],
  );
};

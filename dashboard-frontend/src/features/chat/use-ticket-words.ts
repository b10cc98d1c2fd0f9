import type { Ticket } from '#contracts';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format/use-format.ts';

/** A place in line in one line: “2nd in line, about 40 s”. */
export const useTicketWords = (): ((ticket: Ticket | null) => string) => {
  const { t } = useTranslation('chat');
  const format = useFormat();
  return useCallback(
    (ticket) => {
      if (ticket === null) return t('live.sent');
      const place = ticket.position <= 1 ? t('live.next') : t('live.place', { count: ticket.position, ordinal: true });
      return ticket.etaMs === null ? `${place}.` : `${place}, ${t('live.about', { time: format.estimate(ticket.etaMs) })}.`;
    },
    [t, format],
  );
};

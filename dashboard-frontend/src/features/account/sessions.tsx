import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { SessionView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { browserName } from './browser-name.ts';

/** Where one is signed in, and how to end it there. */
export const Sessions = () => {
  const { t } = useTranslation('account');
  const query = useQuery({ queryKey: ['sessions'], queryFn: () => api.page('/auth/sessions', 'sessionView', {}) });
  const end = useMutation({
    mutationFn: (id: string | undefined) => api.act('DELETE', id === undefined ? '/auth/sessions' : `/auth/sessions/${id}`),
    onSuccess: (_, id) => {
      say(id === undefined ? t('sessions.allEnded') : t('sessions.ended'));
      return queryClient.invalidateQueries({ queryKey: ['sessions'] });
    },
    onError: sayError,
  });
  const others = query.data?.items.some(({ current }) => !current) ?? false;
  const columns: Column<SessionView>[] = [
    {
      id: 'browser',
      header: t('sessions.browser'),
      phone: 'bare',
      cell: ({ userAgent, current }) =>
        current ? (
          <StateWord tone="ok">{`${browserName(userAgent) ?? t('sessions.unknown')} (${t('sessions.current')})`}</StateWord>
        ) : (
          (browserName(userAgent) ?? t('sessions.unknown'))
        ),
    },
    { id: 'address', header: t('sessions.address'), cell: ({ ipAddress }) => <span className="num">{ipAddress ?? '–'}</span> },
    { id: 'since', header: t('sessions.since'), cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    { id: 'active', header: t('sessions.active'), cell: ({ lastActivity }) => <RelativeTime at={lastActivity} /> },
    {
      id: 'end',
      header: t('sessions.end'),
      quietHeader: true,
      align: 'end',
      cell: ({ id, current }) =>
        !current && (
          <Button size="compact-sm" variant="default" onClick={() => end.mutate(id)}>
            {t('sessions.end')}
          </Button>
        ),
    },
  ];
  return (
    <Section
      title={t('sessions.title')}
      aside={
        others && (
          <Button size="compact-sm" variant="default" onClick={() => end.mutate(undefined)} loading={end.isPending}>
            {t('sessions.endAll')}
          </Button>
        )
      }
    >
      <QueryView query={query}>{({ items }) => <Table label={t('sessions.title')} columns={columns} rows={items} rowKey={({ id }) => id} />}</QueryView>
    </Section>
  );
};

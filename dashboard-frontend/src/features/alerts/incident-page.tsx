import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { IncidentEvent } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { severityTone, useWords } from './incident-words.ts';

const REFRESH_MS = 5_000;

/** One incident: what is wrong, who has it, and what happened when. */
export const IncidentPage = () => {
  const { t } = useTranslation(['alerts', 'common']);
  const words = useWords();
  const admin = useMay('admin');
  const { incidentId } = useParams({ from: '/shell/incidents/$incidentId' });
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['incident', incidentId],
    queryFn: ({ signal }) => api.get(`/incidents/${incidentId}`, 'incidentDetail', { signal }),
    refetchInterval: REFRESH_MS,
  });
  const take = useMutation({
    mutationFn: () => api.act('POST', `/incidents/${incidentId}/acknowledge`),
    onError: sayError,
    onSettled: () => client.invalidateQueries({ queryKey: ['incident', incidentId] }),
  });
  const columns = useColumns();
  return (
    <QueryView query={query}>
      {(incident) => (
        <Page
          title={words(incident.title)}
          sentence={
            <StateWord tone={incident.resolvedAt === null ? severityTone[incident.severity] : 'ok'}>
              {t(`alerts:state.${incident.state}`, { name: incident.acknowledgedBy ?? '' })}
              {incident.healedBy !== null && ` · ${t('alerts:healedBy', { repair: incident.healedBy })}`}
            </StateWord>
          }
          actions={
            admin &&
            incident.state === 'open' && (
              <Button loading={take.isPending} onClick={() => take.mutate()}>
                {t('alerts:acknowledge')}
              </Button>
            )
          }
        >
          <Table label={t('alerts:timeline')} columns={columns} rows={incident.timeline} rowKey={({ at, event }) => `${at} ${event}`} />
        </Page>
      )}
    </QueryView>
  );
};

const useColumns = (): Column<IncidentEvent>[] => {
  const { t } = useTranslation('alerts');
  return [
    {
      id: 'at',
      header: t('column.at'),
      width: '170px',
      cell: ({ at }) => (
        <span className="num">
          <RelativeTime at={at} />
        </span>
      ),
    },
    { id: 'event', header: t('column.event'), phone: 'bare', cell: ({ event }) => t(`event.${event as 'opened'}`, { defaultValue: event }) },
    { id: 'actor', header: t('column.actor'), cell: ({ actor }) => actor ?? t('theBox') },
  ];
};

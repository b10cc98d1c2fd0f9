import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { QueueView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { Models } from './models.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { People } from './people.tsx';
import { queueQuery, refreshQueue } from './queries.ts';
import { Running } from './running.tsx';
import { WaitingLine } from './waiting-line.tsx';

/** Who waits for the accelerator, what it does, and who got how much of it. */
export const QueuePage = () => {
  const { t } = useTranslation(['queue', 'common']);
  const admin = useMay('admin');
  const query = useQuery(queueQuery);
  const sentence = useSentence(query.data);
  return (
    <Page title={t('common:places.queue')} sentence={sentence} actions={admin && query.data && <PauseButton paused={query.data.paused !== null} />}>
      <QueryView query={query}>
        {(queue) => (
          <>
            <Running jobs={queue.running} />
            <WaitingLine count={queue.waiting} />
            <People people={queue.people} limits={queue.limits} />
            <Section title={t('queue:models')}>
              <Models models={queue.models} />
            </Section>
          </>
        )}
      </QueryView>
    </Page>
  );
};

const useSentence = (queue: QueueView | undefined): string => {
  const { t } = useTranslation('queue');
  const format = useFormat();
  if (queue === undefined) return '\u00a0';
  const { paused, waiting, running, next } = queue;
  const line = waiting > 0 ? t('sentence.waiting', { count: waiting }) : running.length > 0 ? t('sentence.running') : t('sentence.idle');
  if (paused !== null) return [t('sentence.paused', { by: paused.by ?? '?' }), paused.reason && `“${paused.reason}”.`, line].filter(Boolean).join(' ');
  return next.etaMs === null ? line : `${line} ${t('sentence.next', { time: format.estimate(next.etaMs) })}`;
};

const PauseButton = ({ paused }: { paused: boolean }) => {
  const { t } = useTranslation('queue');
  const [asking, setAsking] = useState(false);
  const change = useMutation({
    mutationFn: (given: { reason: string } | null) => api.post(given ? '/queue/pause' : '/queue/resume', 'queueView', given ?? {}),
    onSuccess: () => {
      setAsking(false);
      return refreshQueue();
    },
    onError: sayError,
  });
  if (paused) {
    return (
      <Button leftSection={<IconPlayerPlay size={16} />} loading={change.isPending} onClick={() => change.mutate(null)}>
        {t('resume')}
      </Button>
    );
  }
  return (
    <>
      <Button variant="default" leftSection={<IconPlayerPause size={16} />} onClick={() => setAsking(true)}>
        {t('pause')}
      </Button>
      {asking && <PauseDialog busy={change.isPending} onPause={(reason) => change.mutate({ reason })} onClose={() => setAsking(false)} />}
    </>
  );
};

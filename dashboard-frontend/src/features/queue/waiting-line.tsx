import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import type { QueueJob } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { CancelJob } from './cancel-job.tsx';
import { useJobName } from './job-name.ts';
import { refreshQueue, waitingQuery } from './queries.ts';
import styles from './queue.module.css';

/** What waits, in order. Administrators move jobs by dragging, or with the buttons, which the keyboard reaches. */
export const WaitingLine = ({ count }: { count: number }) => {
  const { t } = useTranslation('queue');
  const admin = useMay('admin');
  const query = useInfiniteQuery(waitingQuery);
  const jobs = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const move = useMutation({
    mutationFn: ({ jobId, before }: { jobId: string; before: string | null }) => api.post(`/queue/jobs/${jobId}/move`, 'queueView', { before }),
    onError: sayError,
    onSettled: refreshQueue,
  });
  const forget = useMutation({ mutationFn: () => api.act('DELETE', '/queue/order'), onError: sayError, onSettled: refreshQueue });
  const byHand = jobs.some((job) => job.byHand);
  const aside = admin && byHand && (
    <Button size="xs" variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
      {t('forgetOrder')}
    </Button>
  );
  return (
    <Section title={admin ? t('waiting') : t('waitingOwn')} aside={aside}>
      <QueryView query={query}>
        {() => (
          <>
            {jobs.length === 0 && <p className="quiet">{count === 0 ? t('waitingNone') : t('waitingNoneOwn', { count })}</p>}
            <JobList jobs={jobs} isComplete={!query.hasNextPage} onMove={admin ? (jobId, before) => move.mutate({ jobId, before }) : undefined} />
            {query.hasNextPage && (
              <Button variant="subtle" color="gray" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t('more')}
              </Button>
            )}
          </>
        )}
      </QueryView>
    </Section>
  );
};

interface ListProps {
  jobs: readonly QueueJob[];
  /** The last of these is the last in line. */
  isComplete: boolean;
  onMove: ((jobId: string, before: string | null) => void) | undefined;
}

const JobList = ({ jobs, isComplete, onMove }: ListProps) => {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const nameOf = useJobName();
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const drop = (before: string | null) => {
    if (dragged !== null && dragged !== before) onMove?.(dragged, before);
    setDragged(null);
    setOver(null);
  };
  return (
    <ol className={styles.line}>
      {jobs.map((job, at) => {
        const name = nameOf(job);
        const { position, etaMs, etaP90Ms } = job.ticket;
        const behind = jobs[at + 1];
        return (
          <li
            key={job.jobId}
            className={styles.job}
            data-over={over === job.jobId || undefined}
            draggable={onMove !== undefined}
            onDragStart={() => setDragged(job.jobId)}
            onDragEnd={() => (setDragged(null), setOver(null))}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(job.jobId);
            }}
            onDrop={(event) => (event.preventDefault(), drop(job.jobId))}
          >
            {onMove && <IconGripVertical size={16} className={styles.grip} aria-hidden="true" />}
            <span className={styles.place}>{format.number(position)}</span>
            <span className={styles.who}>
              {name}
              {job.byHand && <span className="small quiet"> · {t('byHand')}</span>}
            </span>
            <span className="small quiet">{etaMs !== null && t('eta', { time: format.estimate(etaMs), most: format.estimate(etaP90Ms ?? etaMs) })}</span>
            {onMove && (
              <span className={styles.buttons}>
                <ActionIcon size="md" disabled={at === 0} aria-label={t('moveUp', { name })} onClick={() => onMove(job.jobId, jobs[at - 1]!.jobId)}>
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  size="md"
                  disabled={behind === undefined}
                  aria-label={t('moveDown', { name })}
                  onClick={() => onMove(job.jobId, jobs[at + 2]?.jobId ?? null)}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
              </span>
            )}
            <CancelJob job={job} name={name} />
          </li>
        );
      })}
      {dragged !== null && isComplete && (
        <li className={styles.end} onDragOver={(event) => event.preventDefault()} onDrop={() => drop(null)}>
          {t('toEnd')}
        </li>
      )}
    </ol>
  );
};

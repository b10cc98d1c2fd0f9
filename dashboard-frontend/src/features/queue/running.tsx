import type { QueueJob } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { CancelJob } from './cancel-job.tsx';
import { useJobName } from './job-name.ts';
import styles from './queue.module.css';

/** What has the accelerator now. */
export const Running = ({ jobs }: { jobs: readonly QueueJob[] }) => {
  const { t } = useTranslation('queue');
  const nameOf = useJobName();
  return (
    <Section title={t('running')}>
      {jobs.length === 0 && <p className="quiet">{t('runningNone')}</p>}
      <ul className={styles.line}>
        {jobs.map((job) => (
          <li key={job.jobId} className={styles.job}>
            <StateMark tone="busy" />
            <span className={styles.who}>{nameOf(job)}</span>
            <span className="small quiet">{job.startedAt !== null && <RelativeTime at={job.startedAt} />}</span>
            <CancelJob job={job} name={nameOf(job)} />
          </li>
        ))}
      </ul>
    </Section>
  );
};

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { QueueJob } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { isApiError } from '../../lib/api/errors.ts';
import { useMay } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { refreshQueue } from './queries.ts';
import styles from './queue.module.css';

/** Ends a job, after asking: a place in line cannot be given back. */
export const CancelJob = ({ job, name }: { job: QueueJob; name: string }) => {
  const { t } = useTranslation(['queue', 'common']);
  const admin = useMay('admin');
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => api.act('POST', `/jobs/${job.jobId}/cancel`),
    onError: (error) => {
      // It had just ended by itself, which is what was wanted.
      if (!isApiError(error, 'job_not_active')) sayError(error);
    },
    onSettled: () => {
      setAsking(false);
      return refreshQueue();
    },
  });
  if (!job.own && !admin) return null;
  const label = t('queue:cancelOf', { name });
  return (
    <>
      <Tooltip label={t('queue:cancel')}>
        <ActionIcon aria-label={label} size="md" onClick={() => setAsking(true)}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      {asking && (
        <Dialog title={label} onClose={() => setAsking(false)}>
          <div className={styles.form}>
            <p className="quiet">{t(job.status === 'processing' ? 'queue:cancelRunning' : 'queue:cancelWaiting')}</p>
            <div className={styles.buttons}>
              <Button variant="default" onClick={() => setAsking(false)}>
                {t('queue:keep')}
              </Button>
              <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()} data-autofocus>
                {t('queue:cancel')}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
};

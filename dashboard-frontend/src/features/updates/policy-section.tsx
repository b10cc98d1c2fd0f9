import { Select, Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { UpdatesView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { refreshUpdates } from './use-updates.ts';
import styles from './updates.module.css';

const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, '0')}:00` }));

/** Whether signed updates are applied by themselves, and when. */
export const PolicySection = ({ policy: { automatic, hour, timeZone, nextAt } }: { policy: UpdatesView['policy'] }) => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  const save = useMutation({
    mutationFn: (updates: { automatic?: 'on' | 'off'; hour?: number }) => api.act('PATCH', '/settings', { body: { updates } }),
    onSuccess: refreshUpdates,
    onError: sayError,
  });
  return (
    <Section title={t('policy.title')}>
      <div className={styles.policy}>
        <Switch
          label={t('policy.automatic')}
          checked={automatic === 'on'}
          disabled={save.isPending}
          onChange={(event) => save.mutate({ automatic: event.currentTarget.checked ? 'on' : 'off' })}
        />
        <Select
          label={t('policy.hour', { zone: timeZone })}
          w={220}
          data={HOURS}
          value={String(hour)}
          allowDeselect={false}
          disabled={save.isPending}
          onChange={(value) => value !== null && save.mutate({ hour: Number(value) })}
        />
      </div>
      <p className="small quiet">{nextAt === null ? t('policy.off') : t('policy.next', { at: format.absolute(Date.parse(nextAt)) })}</p>
    </Section>
  );
};

import { Button, NumberInput, Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { thresholdMetrics, type AlertThresholds, type ThresholdMetric } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './alerts.module.css';
import { refreshRules } from './rules.ts';

const queryKey = ['alert-thresholds'];
const switches = ['notify_on_warning', 'notify_on_critical', 'notify_on_service_down', 'notify_on_self_healing'] as const;
const units: Record<ThresholdMetric, string> = { cpu: '%', ram: '%', disk: '%', gpu: '%', temperature: '°C' };

/** The values from which on something is wrong, and what Telegram is told. */
export const ThresholdsPage = () => {
  const { t } = useTranslation('alerts');
  const query = useQuery({ queryKey, queryFn: ({ signal }) => api.get('/alerts/thresholds', 'alertThresholds', { signal }), refetchOnWindowFocus: false });
  return (
    <Page title={t('thresholds.title')} sentence={t('thresholds.sentence')} width="form">
      <QueryView query={query}>{(stored) => <Form key={JSON.stringify(stored)} stored={stored} />}</QueryView>
    </Page>
  );
};

const Form = ({ stored }: { stored: AlertThresholds }) => {
  const { t } = useTranslation('alerts');
  const errorText = useErrorText();
  const [draft, setDraft] = useState<Record<keyof AlertThresholds, number | string | boolean>>(stored);
  const changes = Object.fromEntries(Object.entries(draft).filter(([key, value]) => stored[key as keyof AlertThresholds] !== value));
  const set = (key: keyof AlertThresholds, value: number | string | boolean): void => setDraft((before) => ({ ...before, [key]: value }));
  const isCrossed = (metric: ThresholdMetric): boolean => Number(draft[`${metric}_warning`]) > Number(draft[`${metric}_critical`]);
  const ready = !thresholdMetrics.some(isCrossed) && !Object.values(draft).includes('');
  const save = useMutation({
    mutationFn: () => api.patch('/alerts/thresholds', 'alertThresholds', changes),
    onSuccess: async (after) => {
      queryClient.setQueryData(queryKey, after);
      say(t('thresholds.saved'));
      await refreshRules();
    },
  });
  const field = (metric: ThresholdMetric, level: 'warning' | 'critical') => (
    <NumberInput
      aria-label={t('thresholds.of', { metric: t(`thresholds.metrics.${metric}`), what: t(`thresholds.${level}`) })}
      value={draft[`${metric}_${level}`] as number | string}
      onChange={(value) => set(`${metric}_${level}`, value)}
      min={1}
      max={metric === 'temperature' ? 150 : 100}
      suffix={` ${units[metric]}`}
      error={level === 'warning' && isCrossed(metric) ? t('thresholds.crossed') : undefined}
      hideControls
      w={120}
    />
  );
  const columns: Column<ThresholdMetric>[] = [
    { id: 'metric', header: t('thresholds.metric'), phone: 'bare', cell: (metric) => t(`thresholds.metrics.${metric}`) },
    { id: 'warning', header: t('thresholds.warning'), cell: (metric) => field(metric, 'warning') },
    { id: 'critical', header: t('thresholds.critical'), cell: (metric) => field(metric, 'critical') },
  ];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) save.mutate();
      }}
    >
      <Table label={t('thresholds.title')} columns={columns} rows={thresholdMetrics} rowKey={(metric) => metric} />
      <Section title={t('thresholds.telegram')}>
        <div className={styles.form}>
          <p className="small quiet" style={{ margin: 0 }}>
            {t('thresholds.telegramHelp')}
          </p>
          {switches.map((key) => (
            <Switch key={key} label={t(`thresholds.${key}`)} checked={draft[key] as boolean} onChange={(event) => set(key, event.currentTarget.checked)} />
          ))}
          <NumberInput
            label={t('thresholds.cooldown')}
            value={draft.cooldown_minutes as number | string}
            onChange={(value) => set('cooldown_minutes', value)}
            min={0}
            max={10_080}
            allowDecimal={false}
            suffix={` ${t('thresholds.minutes')}`}
            hideControls
            w={200}
          />
          {save.error !== null && (
            <p role="alert" className={styles.problem}>
              {errorText(save.error)}
            </p>
          )}
          <Button type="submit" disabled={!ready || Object.keys(changes).length === 0} loading={save.isPending} style={{ justifySelf: 'start' }}>
            {t('thresholds.save')}
          </Button>
        </div>
      </Section>
    </form>
  );
};

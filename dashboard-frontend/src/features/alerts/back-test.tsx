import { Button, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { BackTestAnswer, RuleDefinition } from '#contracts';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartMark } from '../../components/chart/index.ts';
import { Section } from '../../components/ui/page.tsx';
import { Skeleton } from '../../components/ui/states.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './alerts.module.css';
import { severityTone, useWords } from './incident-words.ts';
import { SignalChart } from './signal-chart.tsx';
import { useSignalWords } from './signal-words.ts';

const spans = [1, 7, 30, 90] as const;

/** Tries a rule, saved or not, on what is stored, and shows what it would have told. */
export const BackTest = ({ definition }: { definition: RuleDefinition | null }) => {
  const { t } = useTranslation('alerts');
  const errorText = useErrorText();
  const [days, setDays] = useState(7);
  const trial = useMutation({
    mutationFn: (tried: { definition: RuleDefinition; days: number }) => api.post('/alerts/rules/back-test', 'backTestAnswer', tried),
  });
  const isStale = trial.variables !== undefined && JSON.stringify(trial.variables) !== JSON.stringify({ definition, days });
  return (
    <Section
      title={t('trial.title')}
      aside={
        <div className={styles.actions}>
          <Select
            aria-label={t('trial.span')}
            w={160}
            allowDeselect={false}
            value={String(days)}
            onChange={(value) => setDays(Number(value))}
            data={spans.map((count) => ({ value: String(count), label: t('trial.days', { count }) }))}
          />
          <Button disabled={definition === null} loading={trial.isPending} onClick={() => definition && trial.mutate({ definition, days })}>
            {t('trial.go')}
          </Button>
        </div>
      }
    >
      {trial.isPending && <Skeleton />}
      {trial.error !== null && <p role="alert">{errorText(trial.error)}</p>}
      {trial.data && !trial.isPending && trial.variables && (
        <>
          {isStale && <p className="small quiet">{t('trial.stale')}</p>}
          <Result answer={trial.data} definition={trial.variables.definition} />
        </>
      )}
    </Section>
  );
};

const Result = ({ answer, definition: { signal } }: { answer: BackTestAnswer; definition: RuleDefinition }) => {
  const { t } = useTranslation('alerts');
  const words = useWords();
  const format = useFormat();
  const signals = useSignalWords();
  const { incidents, messages, series, unit, from, to, note, cut } = answer;
  const marks = useMemo<ChartMark[]>(
    () =>
      messages.map(({ at, kind, severity, title }) => ({
        at: Date.parse(at),
        tone: kind === 'resolved' ? 'quiet' : severity === 'critical' ? 'bad' : 'warn',
        words: `${t(`trial.mark.${kind}`, { title: words(title) })} · ${format.absolute(Date.parse(at))}`,
      })),
    [messages, t, words, format],
  );
  const columns: Column<BackTestAnswer['incidents'][number]>[] = [
    { id: 'began', header: t('trial.began'), cell: ({ openedAt }) => <span className="num">{format.absolute(Date.parse(openedAt))}</span> },
    { id: 'severity', header: t('column.severity'), cell: ({ severity }) => <StateWord tone={severityTone[severity]}>{t(`severity.${severity}`)}</StateWord> },
    { id: 'device', header: t('incident.device'), cell: ({ device }) => (device === '' ? '–' : device) },
    { id: 'lasted', header: t('trial.lasted'), cell: ({ durationMs }) => (durationMs === null ? t('trial.still') : format.duration(durationMs)) },
    { id: 'peak', header: t('trial.peak'), align: 'end', cell: ({ peak }) => <span className="num">{peak === null ? '–' : signals.valueIn(unit, peak)}</span> },
    { id: 'told', header: t('trial.told'), cell: ({ told }) => t(told ? 'trial.yes' : 'trial.no') },
  ];
  return (
    <>
      <p role="status">
        {messages.length === 0 ? t('trial.nothing') : t('trial.would', { count: messages.length })}
        {incidents.length > 0 && ` ${t('trial.incidents', { count: incidents.length })}.`}
        {cut && ` ${t('trial.cut')}`}
      </p>
      {note && <p className="quiet">{words(note)}</p>}
      {series.length > 0 && (
        <SignalChart label={t('trial.chart', { name: signals.signal(signal) })} series={series} unit={unit} from={from} to={to} marks={marks} />
      )}
      {incidents.length > 0 && <Table label={t('trial.title')} columns={columns} rows={incidents} rowKey={({ openedAt, key }) => `${openedAt} ${key}`} />}
    </>
  );
};

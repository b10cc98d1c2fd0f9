import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DrillStepView, DrillView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Table } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './healing.module.css';
import { drillsQuery } from './queries.ts';
import { useAsk, useHealingWords } from './use-healing.ts';

const tones: Record<DrillStepView['status'], Tone> = { waiting: 'idle', running: 'busy', passed: 'ok', failed: 'bad', skipped: 'idle' };

/** Breaks each part on purpose and shows how soon it was well again, measured. */
export const DrillPage = () => {
  const { t } = useTranslation(['healing', 'common']);
  const admin = useMay('admin');
  const [asking, setAsking] = useState(false);
  const query = useQuery(drillsQuery);
  const begin = useAsk(() => api.post('/healing/drills', 'drillView'), t('healing:drillBegun'));
  const cancel = useAsk((id: string) => api.post(`/healing/drills/${id}/cancel`, 'drillView'), t('healing:drillCancelled'));
  const last = query.data?.items[0];
  const running = last !== undefined && last.finishedAt === null;
  const sentence = query.data === undefined ? '\u00a0' : last === undefined ? t('healing:noDrill') : running ? t('healing:drillRuns') : <Result drill={last} />;
  return (
    <Page
      title={t('common:places.drill')}
      sentence={sentence}
      actions={
        admin &&
        (running ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(last.id)}>
            {t('healing:cancelDrill')}
          </Button>
        ) : (
          <Button onClick={() => setAsking(true)}>{t('healing:beginDrill')}</Button>
        ))
      }
    >
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('healing:noDrill')}>{t('healing:noDrillText')}</Empty>
          ) : (
            items.map((drill) => <Drill key={drill.id} drill={drill} />)
          )
        }
      </QueryView>
      {asking && (
        <Dialog title={t('healing:beginDrill')} onClose={() => setAsking(false)}>
          <p>{t('healing:drillText')}</p>
          <div className={styles.actions}>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('healing:leave')}
            </Button>
            <Button loading={begin.isPending} onClick={() => begin.mutate(undefined, { onSettled: () => setAsking(false) })}>
              {t('healing:beginDrill')}
            </Button>
          </div>
        </Dialog>
      )}
    </Page>
  );
};

const Result = ({ drill }: { drill: DrillView }) => {
  const { t } = useTranslation('healing');
  const format = useFormat();
  const healed = drill.steps.flatMap(({ healedMs }) => healedMs ?? []);
  if (drill.status === 'cancelled') return drill.error;
  const failed = drill.steps.filter(({ status }) => status === 'failed').length;
  if (failed > 0) return t('drillFailed', { count: failed });
  return t('drillPassed', { count: healed.length, longest: format.duration(Math.max(0, ...healed)) });
};

const Drill = ({ drill }: { drill: DrillView }) => {
  const { t } = useTranslation('healing');
  const words = useHealingWords();
  const format = useFormat();
  const time = (ms: number | null): string => (ms === null ? '–' : format.duration(ms));
  return (
    <Section title={t('drillOf', { who: drill.requestedBy ?? t('schedule') })} aside={<RelativeTime at={drill.requestedAt} />}>
      <Table
        label={t('drillOf', { who: drill.requestedBy ?? t('schedule') })}
        rows={drill.steps}
        rowKey={({ n }) => String(n)}
        columns={[
          {
            id: 'fault',
            header: t('column.fault'),
            phone: 'bare',
            cell: ({ fault, part, reason }) => (
              <>
                <span className={styles.strong}>{t(`fault.${fault as 'stop'}`, { part: words.part(part) })}</span>
                {reason !== null && <p className={styles.why}>{reason}</p>}
              </>
            ),
          },
          { id: 'state', header: t('column.state'), cell: ({ status }) => <StateWord tone={tones[status]}>{t(`stepState.${status}`)}</StateWord> },
          { id: 'detected', header: t('column.detected'), align: 'end', cell: ({ detectedMs }) => time(detectedMs) },
          { id: 'healed', header: t('column.healed'), align: 'end', cell: ({ healedMs }) => time(healedMs) },
          { id: 'proven', header: t('column.proven'), align: 'end', cell: ({ provenMs }) => time(provenMs) },
        ]}
      />
    </Section>
  );
};

import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { IncidentDetail, IncidentEvent, IncidentMember, IncidentTry } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat, useNow } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { useHealingWords } from '../healing/index.ts';
import styles from './alerts.module.css';
import { IncidentChart } from './incident-chart.tsx';
import { severityTone, useWords } from './incident-words.ts';
import { SilenceMenu } from './silence-menu.tsx';
import { useSignalWords } from './signal-words.ts';
import { SuggestedRepair } from './suggested-repair.tsx';

const REFRESH_MS = 5_000;

/** One incident: what is wrong, who has it, how it looked, what was tried, who was told, and what happened when. */
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
  const columns = useTimelineColumns();
  return (
    <QueryView query={query}>
      {(incident) => (
        <Page
          title={words(incident.title)}
          sentence={<Standing incident={incident} />}
          actions={
            admin &&
            incident.resolvedAt === null && (
              <>
                <SilenceMenu target={incident.cause} />
                {incident.state === 'open' && (
                  <Button loading={take.isPending} onClick={() => take.mutate()}>
                    {t('alerts:acknowledge')}
                  </Button>
                )}
              </>
            )
          }
        >
          {incident.noData && <p>{t('alerts:incident.noData')}</p>}
          {incident.flapping && <p className="quiet">{t('alerts:incident.flapping')}</p>}
          {incident.repair && admin && <SuggestedRepair repair={incident.repair} />}
          <IncidentChart incident={incident} />
          <Section title={t('alerts:incident.tried')}>
            <Tried incident={incident} />
          </Section>
          <div className={styles.two}>
            <Section title={t('alerts:timeline')}>
              <Table label={t('alerts:timeline')} columns={columns} rows={incident.timeline} rowKey={({ at, event }) => `${at} ${event}`} />
            </Section>
            <div>
              <Section title={t('alerts:incident.told')}>
                <ToldTo incident={incident} />
              </Section>
              <Section title={t('alerts:incident.seen')}>
                <SeenBy incident={incident} />
              </Section>
            </div>
          </div>
        </Page>
      )}
    </QueryView>
  );
};

/** Whether it lasts, since when, and what healed it, in a line. */
const Standing = ({ incident }: { incident: IncidentDetail }) => {
  const { t } = useTranslation('alerts');
  const format = useFormat();
  const now = useNow(5000);
  const healing = useHealingWords();
  const { state, severity, acknowledgedBy, resolvedAt, openedAt, healedBy, silencedUntil, timeline } = incident;
  const time = format.duration(resolvedAt === null ? Math.max(1000, now - Date.parse(openedAt)) : incident.durationMs);
  const withdrawn = timeline.at(-1)?.event === 'withdrawn';
  return (
    <>
      <StateWord tone={resolvedAt === null ? severityTone[severity] : 'ok'}>
        {t(`state.${state}`, { name: acknowledgedBy ?? '' })} · {t(resolvedAt === null ? 'incident.lasts' : 'incident.lasted', { time })}
        {healedBy !== null && ` · ${t('incident.healedBy', { what: healedBy === 'service.start' ? t('incident.startHealed') : healing.fixup(healedBy) })}`}
      </StateWord>
      {state === 'resolved' && healedBy === null && !withdrawn && <p className="small quiet">{t('incident.byItself')}</p>}
      {silencedUntil !== null && resolvedAt === null && <p className="small quiet">{t('quiet.until_', { at: format.absolute(Date.parse(silencedUntil)) })}</p>}
    </>
  );
};

const outcomeTones: Record<IncidentTry['outcome'], Tone> = { waits: 'idle', runs: 'busy', worked: 'ok', failed: 'bad', refused: 'idle' };

const Tried = ({ incident: { tried } }: { incident: IncidentDetail }) => {
  const { t } = useTranslation('alerts');
  const format = useFormat();
  const healing = useHealingWords();
  if (tried.length === 0) return <p className="quiet">{t('incident.triedNone')}</p>;
  const columns: Column<IncidentTry>[] = [
    { id: 'at', header: t('column.at'), cell: ({ at }) => <span className="num">{format.absolute(Date.parse(at))}</span> },
    {
      id: 'what',
      header: t('incident.what'),
      phone: 'bare',
      cell: ({ what, subject }) =>
        `${what === 'service.start' ? t('incident.start') : healing.fixup(what)}${subject === '' ? '' : ` · ${healing.part(subject)}`}`,
    },
    {
      id: 'outcome',
      header: t('incident.outcome'),
      cell: ({ outcome, reason }) => (
        <>
          <StateWord tone={outcomeTones[outcome]}>{t(`incident.outcomes.${outcome}`)}</StateWord>
          {reason !== null && outcome !== 'worked' && <p className="small quiet">{reason}</p>}
        </>
      ),
    },
    {
      id: 'took',
      header: t('incident.took'),
      align: 'end',
      cell: ({ tookMs }) => <span className="num">{tookMs === null ? '–' : format.duration(tookMs)}</span>,
    },
    { id: 'by', header: t('column.actor'), cell: ({ by }) => by ?? t('theBox') },
  ];
  return <Table label={t('incident.tried')} columns={columns} rows={tried} rowKey={({ at, what, subject }) => `${at} ${what} ${subject}`} />;
};

const statusTones = { pending: 'busy', delivered: 'ok', folded: 'ok', dropped: 'bad' } as const;

const ToldTo = ({ incident: { told_to: told } }: { incident: IncidentDetail }) => {
  const { t } = useTranslation('alerts');
  if (told.length === 0) return <p className="quiet">{t('incident.toldNone')}</p>;
  const rows = told.map((each, index) => ({ ...each, key: String(index) }));
  const columns: Column<(typeof rows)[number]>[] = [
    { id: 'channel', header: t('incident.channel'), phone: 'bare', cell: ({ channel, kind }) => (channel === '' ? kind : channel) },
    {
      id: 'way',
      header: t('incident.way'),
      cell: ({ status, error }) => (
        <>
          <StateWord tone={statusTones[status as 'pending']}>{t(`incident.status.${status as 'pending'}`, { defaultValue: status })}</StateWord>
          {error !== null && <p className="small quiet">{error}</p>}
        </>
      ),
    },
    { id: 'at', header: t('column.at'), cell: ({ at }) => (at === null ? '–' : <RelativeTime at={at} />) },
  ];
  return <Table label={t('incident.told')} columns={columns} rows={rows} rowKey={({ key }) => key} />;
};

const SeenBy = ({ incident: { seenBy, unit } }: { incident: IncidentDetail }) => {
  const { t } = useTranslation('alerts');
  const signals = useSignalWords();
  const columns: Column<IncidentMember>[] = [
    { id: 'rule', header: t('incident.rule'), phone: 'bare', cell: ({ rule }) => rule },
    { id: 'device', header: t('incident.device'), cell: ({ device }) => (device === '' ? '–' : device) },
    {
      id: 'value',
      header: t('incident.value'),
      align: 'end',
      cell: ({ value }) => <span className="num">{value === null ? '–' : signals.valueIn(unit, value)}</span>,
    },
  ];
  const runbooks = [...new Set(seenBy.map(({ runbook }) => runbook).filter((runbook) => runbook !== ''))];
  return (
    <>
      <Table label={t('incident.seen')} columns={columns} rows={seenBy} rowKey={({ ruleId, device }) => `${ruleId} ${device}`} />
      {runbooks.map((runbook) => (
        <p key={runbook}>
          {t('incident.runbook')}:{' '}
          {/^https?:/.test(runbook) ? (
            <a href={runbook} target="_blank" rel="noreferrer">
              {runbook}
            </a>
          ) : (
            <code>{runbook}</code>
          )}
        </p>
      ))}
    </>
  );
};

const useTimelineColumns = (): Column<IncidentEvent>[] => {
  const { t } = useTranslation('alerts');
  return [
    {
      id: 'at',
      header: t('column.at'),
      width: '150px',
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

import { useQuery } from '@tanstack/react-query';
import type { ServiceState, SystemOverview } from '#contracts';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/ui/copy-button.tsx';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { serviceTone } from '../../components/ui/service-tone.ts';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { overviewQuery } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './system.module.css';

/** What runs, since when, and what the machine is. */
export const ServicesPage = () => {
  const { t } = useTranslation(['system', 'common']);
  const query = useQuery(overviewQuery);
  const services = query.data?.services ?? [];
  const down = services.filter(({ state }) => state === 'failed' || state === 'restarting').length;
  const sentence = query.data === undefined ? '\u00a0' : down === 0 ? t('system:allRun', { count: services.length }) : t('system:someDown', { count: down });
  return (
    <Page title={t('common:places.services')} sentence={sentence}>
      <QueryView query={query}>
        {(overview) => (
          <>
            <Services services={overview.services} now={overview.now} />
            <Box overview={overview} />
          </>
        )}
      </QueryView>
    </Page>
  );
};

const Services = ({ services, now }: { services: readonly ServiceState[]; now: SystemOverview['now'] }) => {
  const { t } = useTranslation('system');
  const format = useFormat();
  const processes = now.process.state === 'ok' ? now.process.processes : [];
  const columns: Column<ServiceState>[] = [
    {
      id: 'name',
      header: t('column.service'),
      phone: 'bare',
      cell: ({ name, lastError }) => (
        <>
          <span style={{ fontWeight: 500 }}>{t(`service.${name as 'llm-queue'}`, { defaultValue: name })}</span>
          {lastError !== null && <p className={styles.why}>{lastError}</p>}
        </>
      ),
    },
    { id: 'state', header: t('column.state'), cell: ({ state }) => <StateWord tone={serviceTone[state]}>{t(`state.${state}`)}</StateWord> },
    { id: 'since', header: t('column.since'), cell: ({ since }) => <RelativeTime at={since} /> },
    { id: 'restarts', header: t('column.restarts'), align: 'end', cell: ({ restarts }) => format.number(restarts) },
    { id: 'pid', header: t('column.process'), align: 'end', cell: ({ pid }) => (pid === null ? '–' : String(pid)) },
  ];
  return (
    <>
      <Table label={t('services')} columns={columns} rows={services} rowKey={({ name }) => name} />
      {processes.length > 0 && (
        <Section title={t('processes')}>
          <Table
            label={t('processes')}
            rows={processes}
            rowKey={({ name }) => name}
            columns={[
              { id: 'name', header: t('column.process'), phone: 'bare', cell: ({ name }) => name },
              { id: 'memory', header: t('column.memory'), align: 'end', cell: ({ rssBytes }) => format.bytes(rssBytes) },
              { id: 'cpu', header: t('column.cpu'), align: 'end', cell: ({ cpuPercent }) => format.percent(cpuPercent) },
            ]}
          />
        </Section>
      )}
    </>
  );
};

const Box = ({ overview }: { overview: SystemOverview }) => {
  const { t } = useTranslation('system');
  const format = useFormat();
  const { host, version, uptimeMs, model } = overview;
  return (
    <Section title={t('box')}>
      <dl className={styles.facts}>
        <Fact name={t('fact.name')}>{host.name}</Fact>
        {host.model !== null && <Fact name={t('fact.model')}>{host.model}</Fact>}
        <Fact name={t('fact.version')}>{t('versionSince', { version, time: format.duration(uptimeMs) })}</Fact>
        <Fact name={t('fact.addresses')}>
          {host.addresses.length === 0 ? (
            <span className={styles.address}>{location.origin}</span>
          ) : (
            host.addresses.map((address) => {
              const url = address.includes('://') ? address : `${location.protocol}//${address}${location.port === '' ? '' : `:${location.port}`}`;
              return (
                <span key={address} className={styles.address}>
                  <a href={url}>{url}</a>
                  <CopyButton text={url} />
                </span>
              );
            })
          )}
        </Fact>
        <Fact name={t('fact.os')}>{`${host.os} (${host.arch})`}</Fact>
        <Fact name={t('fact.cpu')}>{t('cores', { count: host.cores, cpu: host.cpu })}</Fact>
        <Fact name={t('fact.memory')}>{format.bytes(host.memoryBytes)}</Fact>
        <Fact name={t('fact.gpus')}>{host.gpus.length === 0 ? t('noGpu') : host.gpus.join(', ')}</Fact>
        {host.bootedAt !== null && (
          <Fact name={t('fact.booted')}>
            <RelativeTime at={host.bootedAt} />
          </Fact>
        )}
        <Fact name={t('fact.chat')}>{model.chat ?? t('noModel')}</Fact>
        <Fact name={t('fact.embed')}>{model.embed ?? t('noModel')}</Fact>
        <Fact name={t('fact.api')}>
          <a href="/api/docs">{t('apiReference')}</a>
        </Fact>
      </dl>
    </Section>
  );
};

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconDownload, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditEntry } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { ShowMore } from '../../components/ui/show-more.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api, apiPath } from '../../lib/api/client.ts';
import styles from './activity.module.css';
import { detailWords } from './detail-words.ts';

const EACH = 50;
const DAY_MS = 86_400_000;
const spans = [1, 7, 30, 365] as const;

/** Since the beginning of an hour, so that the same question is asked again and not a new one each second. */
const since = (days: number | undefined): string | undefined =>
  days === undefined ? undefined : new Date(Math.floor((Date.now() - days * DAY_MS) / 3_600_000) * 3_600_000).toISOString();

/** Who administered what, when, from where. */
export const ActivityPage = () => {
  const { t } = useTranslation(['activity', 'common']);
  const navigate = useNavigate({ from: '/system/activity' });
  const { q, actor, days } = useSearch({ from: '/shell/system/activity' });
  const filter = { q, actor, from: since(days) };
  const query = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => api.page('/audit', 'auditEntry', { query: { ...filter, limit: EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const columns = useColumns();
  const set = (part: { q?: string | undefined; actor?: string | undefined; days?: number | undefined }) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  return (
    <Page
      title={t('common:places.activity')}
      sentence={t('activity:sentence')}
      actions={
        <Button component="a" href={apiPath('/audit/export', filter)} download variant="default" leftSection={<IconDownload size={16} />}>
          {t('activity:export')}
        </Button>
      }
    >
      <div className={styles.filters}>
        <Search label={t('activity:search')} value={q} onChange={(text) => set({ q: text })} icon search />
        <Search label={t('activity:actor')} value={actor} onChange={(text) => set({ actor: text })} />
        <Select
          aria-label={t('activity:span')}
          w={160}
          value={String(days ?? 'all')}
          onChange={(value) => set({ days: value === 'all' ? undefined : Number(value) })}
          data={[{ value: 'all', label: t('activity:spans.all') }, ...spans.map((span) => ({ value: String(span), label: t(`activity:spans.${span}`) }))]}
        />
      </div>
      <QueryView query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty title={t('activity:none')}>{t('activity:noneText')}</Empty>;
          return (
            <>
              <Table label={t('common:places.activity')} columns={columns} rows={rows} rowKey={({ id }) => id} />
              <ShowMore query={query} />
            </>
          );
        }}
      </QueryView>
    </Page>
  );
};

const Search = ({
  label,
  value,
  onChange,
  icon,
  search,
}: {
  label: string;
  value: string | undefined;
  onChange: (text: string | undefined) => void;
  icon?: boolean;
  search?: boolean;
}) => {
  const [typed, setTyped] = useState(value ?? '');
  const change = useDebouncedCallback((text: string) => onChange(text.trim() === '' ? undefined : text.trim()), 200);
  return (
    <TextInput
      {...(search ? { 'data-page-search': true } : {})}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        change(event.currentTarget.value);
      }}
      placeholder={label}
      aria-label={label}
      leftSection={icon ? <IconSearch size={16} stroke={1.6} /> : undefined}
    />
  );
};

const useColumns = (): Column<AuditEntry>[] => {
  const { t } = useTranslation('activity');
  return [
    {
      id: 'at',
      header: t('column.at'),
      width: '170px',
      cell: ({ at }) => (
        <span className="num">
          <RelativeTime at={at} />
        </span>
      ),
    },
    { id: 'actor', header: t('column.actor'), cell: ({ actor }) => actor ?? t('nobody') },
    {
      id: 'action',
      header: t('column.action'),
      phone: 'bare',
      cell: ({ action }) => <span style={{ fontWeight: 500 }}>{t(`action.${action.replace('.', '_') as 'user_created'}`, { defaultValue: action })}</span>,
    },
    { id: 'subject', header: t('column.subject'), cell: ({ subject }) => <span style={{ overflowWrap: 'anywhere' }}>{subject ?? '–'}</span> },
    {
      id: 'details',
      header: t('column.details'),
      phone: 'no',
      cell: ({ details }) => (
        <span className="small quiet" style={{ overflowWrap: 'anywhere' }}>
          {detailWords(details)}
        </span>
      ),
    },
    { id: 'address', header: t('column.address'), cell: ({ ipAddress }) => <span className="num quiet">{ipAddress ?? t('onTheMachine')}</span> },
  ];
};

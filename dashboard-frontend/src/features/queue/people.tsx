import { NumberInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { QueueShare, QueueView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { say, sayError } from '../../lib/notify.ts';
import { refreshQueue } from './queries.ts';

const MOST = 10_000;

/** What each person has in line and got of the last day; administrators set here how many may wait. */
export const People = ({ people, limits }: Pick<QueueView, 'people' | 'limits'>) => {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const admin = useMay('admin');
  const columns: Column<QueueShare>[] = [
    { id: 'name', header: t('column.person'), phone: 'bare', cell: ({ username }) => <span style={{ fontWeight: 500 }}>{username}</span> },
    { id: 'waiting', header: t('column.waiting'), align: 'end', cell: ({ waiting }) => format.number(waiting) },
    { id: 'answered', header: t('column.answered'), align: 'end', cell: ({ answered }) => format.number(answered) },
    { id: 'used', header: t('column.used'), align: 'end', cell: ({ usedMs }) => format.duration(usedMs) },
    { id: 'share', header: t('column.share'), align: 'end', cell: ({ share }) => format.percent(share * 100) },
    ...(admin ? [{ id: 'limit', header: t('column.limit'), align: 'end', cell: (row) => <Limit row={row} /> } satisfies Column<QueueShare>] : []),
  ];
  return (
    <Section title={admin ? t('people') : t('you')}>
      <p className="quiet">{t('limits', { own: format.number(limits.own), all: format.number(limits.all) })}</p>
      <Table label={t('people')} columns={columns} rows={people} rowKey={({ userId }) => userId} />
    </Section>
  );
};

const Limit = ({ row }: { row: QueueShare }) => {
  const { t } = useTranslation('queue');
  const [value, setValue] = useState<number | ''>(row.maxWaiting ?? '');
  const save = useMutation({
    mutationFn: (maxWaiting: number | null) => api.act('PUT', `/queue/limits/${row.userId}`, { body: { maxWaiting } }),
    onSuccess: () => {
      say(t('limitSaved', { name: row.username }));
      return refreshQueue();
    },
    onError: sayError,
  });
  const wanted = value === '' ? null : value;
  return (
    <NumberInput
      aria-label={t('limitOf', { name: row.username })}
      size="xs"
      w={96}
      ml="auto"
      min={0}
      max={MOST}
      allowDecimal={false}
      placeholder={t('limitDefault')}
      value={value}
      onChange={(next) => setValue(typeof next === 'number' ? next : '')}
      onBlur={() => wanted !== row.maxWaiting && save.mutate(wanted)}
      onKeyDown={(event) => event.key === 'Enter' && wanted !== row.maxWaiting && save.mutate(wanted)}
    />
  );
};

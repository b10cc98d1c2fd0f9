import { Button } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { BackupsOverview } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { ShowMore } from '../../components/ui/show-more.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useBackupColumns } from './backup-columns.tsx';
import { RecoveryKey } from './recovery-key.tsx';
import { RunList } from './run-list.tsx';
import { TargetDialog } from './target-dialog.tsx';
import { TargetRow } from './target-row.tsx';
import { isOpen, useBackups } from './use-backups.ts';

const EACH = 20;

/** Where backups go, the last one that is known to restore, and what is being done about them. */
export const BackupsPage = () => {
  const { t } = useTranslation(['backups', 'common']);
  const owner = useMay('owner');
  const [open, setOpen] = useState<'target' | 'key'>();
  const query = useBackups();
  const busy = query.data?.runs.some(isOpen) ?? false;
  const list = useInfiniteQuery({
    queryKey: ['backups', 'list'],
    queryFn: ({ pageParam }) => api.page('/backups/list', 'backupView', { query: { limit: EACH, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: busy ? 2_000 : 15_000,
  });
  const columns = useBackupColumns(query.data?.targets ?? [], busy);
  return (
    <Page
      title={t('common:places.backups')}
      sentence={<Sentence overview={query.data} />}
      actions={
        <>
          {owner && (
            <Button variant="default" leftSection={<IconKey size={16} />} onClick={() => setOpen('key')}>
              {t('backups:key.open')}
            </Button>
          )}
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('target')}>
            {t('backups:target.add')}
          </Button>
        </>
      }
    >
      <QueryView query={query}>
        {({ targets, runs, recoveryKeyMadeAt }) => (
          <>
            {recoveryKeyMadeAt === null && (
              <p role="note">
                <StateWord tone="warn">{t('backups:key.none')}</StateWord>
              </p>
            )}
            <Section title={t('backups:targets')}>
              {targets.length === 0 ? (
                <Empty title={t('backups:noTarget')}>{t('backups:noTargetText')}</Empty>
              ) : (
                targets.map((target) => <TargetRow key={target.id} target={target} running={runs.find((run) => run.targetId === target.id && isOpen(run))} />)
              )}
            </Section>
            {runs.length > 0 && (
              <Section title={t('backups:runs')}>
                <RunList runs={runs} targets={targets} />
              </Section>
            )}
          </>
        )}
      </QueryView>
      <QueryView query={list}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return null;
          return (
            <Section title={t('common:places.backups')}>
              <Table label={t('common:places.backups')} columns={columns} rows={rows} rowKey={({ id }) => id} />
              <ShowMore query={list} />
            </Section>
          );
        }}
      </QueryView>
      {open === 'target' && <TargetDialog onClose={() => setOpen(undefined)} />}
      {open === 'key' && <RecoveryKey hasOne={query.data?.recoveryKeyMadeAt !== null} onClose={() => setOpen(undefined)} />}
    </Page>
  );
};

/** Only what was restored counts as a backup. */
const Sentence = ({ overview }: { overview: BackupsOverview | undefined }) => {
  const { t } = useTranslation('backups');
  const format = useFormat();
  if (overview === undefined) return '\u00a0';
  const { lastGood } = overview;
  if (lastGood === null) return t('sentence.none');
  return (
    <>
      {t('sentence.good')} <RelativeTime at={lastGood.drilledAt} />
      {t('sentence.took', { time: format.duration(lastGood.drillMs) })}
    </>
  );
};

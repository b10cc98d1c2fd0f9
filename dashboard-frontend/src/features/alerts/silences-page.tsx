import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { SilenceView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';
import { SilenceDialog } from './silence-dialog.tsx';
import { endSilence, makeSilence, silencesQuery, useTargetWords } from './silences.ts';

/** What is told to nobody: silences that end by themselves, and windows of maintenance. */
export const SilencesPage = () => {
  const { t } = useTranslation('alerts');
  const query = useQuery(silencesQuery);
  const columns = useColumns();
  const [adding, setAdding] = useState(false);
  const active = query.data?.filter((each) => each.active).length;
  return (
    <Page
      title={t('quiet.title')}
      sentence={active === undefined ? undefined : t('quiet.sentence', { count: active })}
      actions={<Button onClick={() => setAdding(true)}>{t('quiet.add')}</Button>}
    >
      <QueryView query={query}>
        {(silences) =>
          silences.length === 0 ? (
            <Empty title={t('quiet.none')}>{t('quiet.noneText')}</Empty>
          ) : (
            <Table label={t('quiet.title')} columns={columns} rows={silences} rowKey={({ id }) => id} />
          )
        }
      </QueryView>
      {adding && <SilenceDialog onClose={() => setAdding(false)} />}
    </Page>
  );
};

const useColumns = (): Column<SilenceView>[] => {
  const { t } = useTranslation('alerts');
  const format = useFormat();
  const words = useTargetWords();
  return [
    {
      id: 'what',
      header: t('quiet.what'),
      phone: 'bare',
      cell: ({ kind, target }) => (
        <>
          {words(target)}
          <p className="small quiet">{t(`quiet.kind.${kind}`)}</p>
        </>
      ),
    },
    {
      id: 'state',
      header: t('quiet.state'),
      cell: ({ active, startsAt, repeats }) => (
        <>
          <StateWord tone={active ? 'busy' : 'idle'}>
            {active ? t('quiet.active') : t('quiet.planned', { at: format.absolute(Date.parse(startsAt)) })}
          </StateWord>
          {repeats !== null && <p className="small quiet">{t(`quiet.repeats.${repeats}`)}</p>}
        </>
      ),
    },
    {
      id: 'until',
      header: t('quiet.until'),
      cell: ({ endsAt, repeats }) =>
        repeats === null ? <RelativeTime at={endsAt} future /> : <span className="num">{format.absolute(Date.parse(endsAt))}</span>,
    },
    { id: 'why', header: t('quiet.why'), cell: ({ reason }) => reason || '–' },
    { id: 'by', header: t('quiet.by'), cell: ({ createdBy }) => createdBy },
    { id: 'end', header: t('quiet.end'), quietHeader: true, align: 'end', cell: (silence) => <End silence={silence} /> },
  ];
};

const End = ({ silence }: { silence: SilenceView }) => {
  const { t } = useTranslation('alerts');
  const end = useMutation({
    mutationFn: () => endSilence(silence.id),
    onSuccess: () => {
      const { id, kind, target, reason, startsAt, endsAt, repeats } = silence;
      const again = () => makeSilence({ kind, target, reason, startsAt, endsAt, ...(repeats !== null && { repeats }) }).catch(sayError);
      offerUndo({ id: `silence-${id}`, said: t('quiet.ended'), onUndo: () => void again() });
    },
    onError: sayError,
  });
  return (
    <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
      {t('quiet.end')}
    </Button>
  );
};

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { GoldenRunDetail } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';

type Result = GoldenRunDetail['results'][number];

/** One run, question by question, what was lost first. */
export const RunDialog = ({ id, onClose }: { id: string; onClose: () => void }) => {
  const { t } = useTranslation(['quality', 'common']);
  const format = useFormat();
  const query = useQuery({ queryKey: ['golden', 'run', id], queryFn: () => api.get(`/golden/runs/${id}`, 'goldenRunDetail') });
  const columns: Column<Result>[] = [
    {
      id: 'question',
      header: t('quality:column.question'),
      phone: 'bare',
      cell: ({ question }) => (
        <Link to="/system/search-test" search={{ q: question }}>
          {question}
        </Link>
      ),
    },
    {
      id: 'expected',
      header: t('quality:column.expected'),
      cell: ({ filename, page }) => (page === null ? filename : t('common:fileAndPage', { file: filename, page })),
    },
    {
      id: 'place',
      header: t('quality:column.place'),
      cell: ({ rank }) =>
        rank === null ? (
          <StateWord tone="bad">{t('quality:place.lost')}</StateWord>
        ) : (
          <StateWord tone={rank <= 5 ? 'ok' : 'warn'}>{t('quality:place.at', { rank })}</StateWord>
        ),
    },
    {
      id: 'first',
      header: t('quality:column.first'),
      phone: 'no',
      cell: ({ first, rank }) => (rank === 1 || first === null ? '–' : t('common:fileAndPage', { file: first.filename, page: first.page })),
    },
  ];
  return (
    <Dialog onClose={onClose} title={t('quality:run.title')} size="xl">
      <QueryView query={query}>
        {(run) => (
          <>
            <p className="small quiet">
              {t('quality:run.about', {
                at: format.absolute(Date.parse(run.createdAt)),
                why: t(`quality:trigger.${run.trigger}`),
                took: format.duration(run.tookMs),
                model: run.embedModel ?? t('quality:trend.wordsOnly'),
              })}
            </p>
            <Table label={t('quality:run.title')} columns={columns} rows={run.results} rowKey={({ questionId }) => questionId} />
          </>
        )}
      </QueryView>
    </Dialog>
  );
};

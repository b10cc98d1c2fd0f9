import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { SearchIndexView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { say, sayError } from '../../lib/notify.ts';
import { queryClient } from '../../lib/api/queries.ts';

const REFRESH_MS = 5_000;
const key = ['search', 'index'];

/** Whose vectors the search compares; another model takes over when its vectors are complete and the golden questions keep their place. */
export const SearchModels = () => {
  const { t } = useTranslation('quality');
  const query = useQuery({ queryKey: key, queryFn: () => api.get('/search/index', 'searchIndexView'), refetchInterval: REFRESH_MS });
  return (
    <Section title={t('models.title')}>
      <QueryView query={query}>
        {(view) =>
          view.serving === null ? (
            <p className="quiet">{t('models.none')}</p>
          ) : (
            <>
              <p className="quiet">{view.verdict ?? t('models.about')}</p>
              <Models view={view} />
            </>
          )
        }
      </QueryView>
    </Section>
  );
};

type Model = SearchIndexView['models'][number];

const Models = ({ view }: { view: SearchIndexView }) => {
  const { t } = useTranslation('quality');
  const format = useFormat();
  const change = useMutation({
    mutationFn: (model: string) => api.post('/search/index/switch', 'searchIndexView', { model }),
    onSuccess: (next) => {
      queryClient.setQueryData(key, next);
      say(t('models.switched', { model: next.serving }));
    },
    onError: sayError,
  });
  const stateOf = ({ model, isComplete }: Model) => {
    if (model === view.serving) return <StateWord tone="ok">{t('models.serving')}</StateWord>;
    if (model === view.refused) return <StateWord tone="warn">{t('models.refused')}</StateWord>;
    if (model === view.previous) return <StateWord tone="idle">{t('models.previous')}</StateWord>;
    return <StateWord tone="busy">{isComplete ? t('models.judged') : t('models.filling')}</StateWord>;
  };
  const columns: Column<Model>[] = [
    { id: 'model', header: t('models.model'), phone: 'bare', cell: ({ model }) => <span style={{ fontWeight: 500 }}>{model}</span> },
    { id: 'state', header: t('models.state'), cell: stateOf },
    {
      id: 'vectors',
      header: t('models.vectors'),
      width: '260px',
      cell: ({ model, vectors, sizeBytes }) => (
        <>
          <span className="num">
            {t('models.of', { vectors: format.number(vectors), passages: format.number(view.passages), size: format.bytes(sizeBytes) })}
          </span>
          {vectors < view.passages && <Bar share={vectors / view.passages} label={t('models.progress', { model })} />}
        </>
      ),
    },
    {
      id: 'actions',
      header: t('column.actions'),
      quietHeader: true,
      align: 'end',
      cell: ({ model, isComplete }) =>
        model !== view.serving &&
        isComplete && (
          <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate(model)}>
            {model === view.previous ? t('models.back') : t('models.use')}
          </Button>
        ),
    },
  ];
  return <Table label={t('models.title')} columns={columns} rows={view.models} rowKey={({ model }) => model} />;
};

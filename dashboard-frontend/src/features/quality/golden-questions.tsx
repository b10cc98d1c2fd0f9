import { ActionIcon, Button, Menu, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDots, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { GoldenQuestion } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { QueryView } from '../../components/ui/query-view.tsx';
import { ShowMore } from '../../components/ui/show-more.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';
import type { Draft } from './golden-dialog.tsx';

const EACH = 50;
const REFRESH_MS = 10_000;

interface Props {
  onEdit: (draft: Draft) => void;
  onAdd: () => void;
}

/** The questions that are kept, each with its place in the newest run. */
export const GoldenQuestions = ({ onEdit, onAdd }: Props) => {
  const { t } = useTranslation(['quality', 'common']);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const query = useInfiniteQuery({
    queryKey: ['golden', 'questions', q],
    queryFn: ({ pageParam, signal }) => api.page('/golden/questions', 'goldenQuestion', { query: { q, limit: EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const columns = useColumns(onEdit);
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0 && q === '')
          return (
            <Empty title={t('quality:noQuestions')} action={<Button onClick={onAdd}>{t('quality:add')}</Button>}>
              {t('quality:noQuestionsText')}
            </Empty>
          );
        return (
          <>
            <TextInput
              data-page-search
              maw={360}
              mt="sm"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              placeholder={t('quality:search')}
              aria-label={t('quality:search')}
              leftSection={<IconSearch size={16} stroke={1.6} />}
            />
            {rows.length === 0 ? (
              <p className="quiet">{t('quality:noneFound', { q })}</p>
            ) : (
              <Table label={t('quality:questions')} columns={columns} rows={rows} rowKey={({ id }) => id} />
            )}
            <ShowMore query={query} />
          </>
        );
      }}
    </QueryView>
  );
};

/** Its place in words, and whether it rose or fell. */
const Place = ({ question }: { question: GoldenQuestion }) => {
  const { t } = useTranslation('quality');
  const { hasRun, rank, rankBefore, documentId } = question;
  if (documentId === null) return <StateWord tone="idle">{t('place.gone')}</StateWord>;
  if (!hasRun) return <StateWord tone="idle">{t('place.notYet')}</StateWord>;
  const moved = rank === rankBefore || rankBefore === null ? '' : ` (${t('place.before', { rank: rankBefore })})`;
  if (rank === null) return <StateWord tone="bad">{t('place.lost') + moved}</StateWord>;
  return <StateWord tone={rank <= 5 ? 'ok' : 'warn'}>{t('place.at', { rank }) + moved}</StateWord>;
};

const useColumns = (onEdit: (draft: Draft) => void): Column<GoldenQuestion>[] => {
  const { t } = useTranslation(['quality', 'common']);
  return [
    {
      id: 'question',
      header: t('quality:column.question'),
      phone: 'bare',
      cell: ({ question, note }) => (
        <>
          <span style={{ fontWeight: 500 }}>{question}</span>
          {note !== '' && <p className="small quiet">{note}</p>}
        </>
      ),
    },
    {
      id: 'expected',
      header: t('quality:column.expected'),
      cell: ({ documentId, filename, page }) =>
        documentId === null ? (
          <span className="quiet">{filename}</span>
        ) : (
          <Link to="/documents/$documentId" params={{ documentId }} search={page === null ? {} : { page }}>
            {page === null ? filename : t('common:fileAndPage', { file: filename, page })}
          </Link>
        ),
    },
    { id: 'place', header: t('quality:column.place'), width: '240px', cell: (question) => <Place question={question} /> },
    { id: 'source', header: t('quality:column.source'), phone: 'no', width: '120px', cell: ({ source }) => t(`quality:source.${source}`) },
    {
      id: 'actions',
      header: t('quality:column.actions'),
      quietHeader: true,
      align: 'end',
      phone: 'corner',
      width: '48px',
      cell: (question) => <Actions question={question} onEdit={onEdit} />,
    },
  ];
};

const Actions = ({ question, onEdit }: { question: GoldenQuestion; onEdit: (draft: Draft) => void }) => {
  const { t } = useTranslation(['quality', 'common']);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['golden'] });
  const { id, documentId, page, note } = question;
  const restore = () =>
    documentId === null
      ? say(t('quality:place.gone'))
      : void api.post('/golden/questions', 'goldenQuestion', { question: question.question, documentId, page, note }).then(refresh, sayError);
  const remove = useMutation({
    mutationFn: () => api.act('DELETE', `/golden/questions/${id}`),
    onSuccess: () => {
      offerUndo({ id, said: t('quality:removed'), onUndo: restore });
      return refresh();
    },
    onError: sayError,
  });
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon aria-label={t('quality:moreFor', { question: question.question })} size="md">
          <IconDots size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onEdit({ id, question: question.question, documentId: documentId ?? undefined, filename: question.filename, page, note })}>
          {t('quality:change')}
        </Menu.Item>
        <Menu.Item renderRoot={(root) => <Link {...root} to="/system/search-test" search={{ q: question.question }} />}>{t('quality:tryIt')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => remove.mutate()}>{t('common:remove')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

import { NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';

const SHOWN = 30;

/** What stands in the form at first; with an id an existing question is changed. */
export interface Draft {
  id?: string;
  messageId?: string;
  question?: string;
  documentId?: string | undefined;
  filename?: string;
  page?: number | null;
  note?: string;
}

/** A question with the document and the page that answer it. */
export const GoldenDialog = ({ draft, onClose }: { draft: Draft; onClose: () => void }) => {
  const { t } = useTranslation(['quality', 'common']);
  const [question, setQuestion] = useState(draft.question ?? '');
  const [documentId, setDocumentId] = useState<string | null>(draft.documentId ?? null);
  const [page, setPage] = useState<number | null>(draft.page ?? null);
  const [note, setNote] = useState(draft.note ?? '');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed === draft.filename ? '' : typed.trim(), 120);
  const documents = useQuery({
    queryKey: ['documents', 'golden', q],
    queryFn: () => api.page('/documents', 'documentView', { query: { q, limit: SHOWN, sort: 'name' } }),
    placeholderData: keepPreviousData,
  });
  const save = useMutation({
    mutationFn: () => {
      const values = { question: question.trim(), documentId, page, note: note.trim() };
      return draft.id === undefined
        ? api.post('/golden/questions', 'goldenQuestion', { ...values, ...(draft.messageId === undefined ? {} : { messageId: draft.messageId }) })
        : api.patch(`/golden/questions/${draft.id}`, 'goldenQuestion', values);
    },
    onSuccess: async () => {
      await Promise.all([queryClient.invalidateQueries({ queryKey: ['golden'] }), queryClient.invalidateQueries({ queryKey: ['feedback'] })]);
      onClose();
    },
  });
  const options = (documents.data?.items ?? []).map(({ id, filename }) => ({ value: id, label: filename }));
  if (draft.documentId !== undefined && !options.some(({ value }) => value === draft.documentId))
    options.unshift({ value: draft.documentId, label: draft.filename ?? draft.documentId });
  const ready = question.trim().length >= 3 && documentId !== null;
  return (
    <FormDialog
      title={draft.id === undefined ? t('quality:dialog.new') : t('quality:dialog.change')}
      action={t('common:save')}
      ready={ready}
      saving={save}
      onClose={onClose}
    >
      <Textarea
        label={t('quality:column.question')}
        description={t('quality:dialog.questionHelp')}
        value={question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
      />
      <Select
        label={t('quality:dialog.document')}
        value={documentId}
        onChange={setDocumentId}
        data={options}
        filter={({ options: all }) => all}
        searchable
        onSearchChange={setTyped}
        nothingFoundMessage={t('quality:dialog.noDocument')}
      />
      <NumberInput
        label={t('quality:dialog.page')}
        description={t('quality:dialog.pageHelp')}
        value={page ?? ''}
        onChange={(value) => setPage(typeof value === 'number' ? value : null)}
        min={1}
        allowDecimal={false}
        allowNegative={false}
        maw={200}
      />
      <TextInput label={t('quality:dialog.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={1000} />
    </FormDialog>
  );
};

import { Button, TagsInput } from '@mantine/core';
import { IconDownload, IconTable } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ExtractionCell, ExtractionRequest, ExtractionTable } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { sayError } from '../../lib/notify.ts';
import { everything, type Scope } from '../chat/ask.ts';
import { ScopePicker } from '../chat/scope-picker.tsx';
import styles from './extraction.module.css';
import { saveTable } from './save-table.ts';

const MOST_FIELDS = 12;

type Row = ExtractionTable['rows'][number];

const requestFor = ({ documentIds, folderIds }: Scope, fields: readonly string[]): ExtractionRequest => ({
  fields: fields.map((name) => ({ name })),
  ...(documentIds.length > 0 ? { documentIds: [...documentIds] } : {}),
  ...(folderIds.length > 0 ? { folderIds: [...folderIds] } : {}),
});

/** The same fields out of many documents: what each says, word for word, and where. */
export const ExtractionPage = () => {
  const { t } = useTranslation(['extraction', 'common']);
  const [scope, setScope] = useState<Scope>(everything);
  const [fields, setFields] = useState<string[]>([]);
  const fill = useMutation({ mutationFn: () => api.post('/extractions', 'extractionTable', requestFor(scope, fields)), onError: sayError });
  const save = useMutation({ mutationFn: (format: 'csv' | 'xlsx') => saveTable(format, requestFor(scope, fields)), onError: sayError });
  const table = fill.data;
  return (
    <Page title={t('extraction:title')} sentence={table === undefined ? t('extraction:about') : t('extraction:sentence', { count: table.rows.length })}>
      <form className={styles.form} onSubmit={(event) => (event.preventDefault(), fill.mutate())}>
        <TagsInput
          className={styles.fields ?? ''}
          label={t('extraction:fields')}
          description={t('extraction:fieldsHelp')}
          value={fields}
          onChange={setFields}
          maxTags={MOST_FIELDS}
          acceptValueOnBlur
        />
        <div className={styles.actions}>
          <ScopePicker value={scope} onChange={setScope} />
          <Button type="submit" leftSection={<IconTable size={16} />} loading={fill.isPending} disabled={fields.length === 0}>
            {t('extraction:fill')}
          </Button>
          {table !== undefined &&
            (['csv', 'xlsx'] as const).map((format) => (
              <Button key={format} variant="default" leftSection={<IconDownload size={16} />} loading={save.isPending} onClick={() => save.mutate(format)}>
                {format.toUpperCase()}
              </Button>
            ))}
        </div>
      </form>
      {table === undefined ? <Empty title={t('extraction:empty')}>{t('extraction:emptyText')}</Empty> : <Filled table={table} />}
      {table?.isCut && <p className="small quiet">{t('extraction:cut', { count: table.rows.length })}</p>}
    </Page>
  );
};

const Filled = ({ table }: { table: ExtractionTable }) => {
  const { t } = useTranslation('extraction');
  const columns: Column<Row>[] = [
    {
      id: 'document',
      header: t('document'),
      phone: 'bare',
      cell: ({ documentId, filename }) => (
        <Link to="/documents/$documentId" params={{ documentId }}>
          {filename}
        </Link>
      ),
    },
    ...table.fields.map((field, at): Column<Row> => ({
      id: `field-${at}`,
      header: field,
      cell: ({ documentId, cells }) => <Cell documentId={documentId} cell={cells[at] ?? null} />,
    })),
  ];
  return <Table label={t('title')} columns={columns} rows={table.rows} rowKey={({ documentId }) => documentId} />;
};

const Cell = ({ documentId, cell }: { documentId: string; cell: ExtractionCell | null }) => {
  const { t } = useTranslation(['extraction', 'common']);
  if (cell === null) return <span className="quiet">{t('extraction:notSaid')}</span>;
  return (
    <>
      {cell.value}{' '}
      <Link className="small" to="/documents/$documentId" params={{ documentId }} search={{ page: cell.page, passage: cell.passageId }} title={cell.quote}>
        {t('extraction:page', { page: cell.page })}
      </Link>
    </>
  );
};

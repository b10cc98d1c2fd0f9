import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch, IconTable } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { overviewQuery, useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { FolderBar } from '../folders/folder-bar.tsx';
import { documentFilters, documentSorts, type DocumentSort, type SearchFilters } from './list-options.ts';
import { DocumentTable } from './document-table.tsx';
import styles from './documents.module.css';
import { Found } from './found.tsx';
import { Past } from '../../components/ui/past.tsx';
import { startOfDay } from '../../lib/days.ts';
import { SearchFilterBar } from './search-filters.tsx';
import { addFiles } from './uploads.ts';
import { UploadList } from './upload-list.tsx';
import { useDrop } from './use-drop.ts';

/** What the box has read: drop files anywhere, search the words inside. */
export const DocumentsPage = () => {
  const { t } = useTranslation(['documents', 'common']);
  const format = useFormat();
  const navigate = useNavigate({ from: '/documents' });
  const { q, status, sort, ...filters } = useSearch({ from: '/shell/documents' });
  const { folder, asof } = filters;
  const narrow = (change: SearchFilters) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true });
  const mayAdd = useMay('user');
  const over = useDrop(mayAdd, folder);
  const input = useRef<HTMLInputElement>(null);
  const { data } = useQuery(overviewQuery);
  const counts = data?.counts;
  const choose = () => input.current?.click();

  useEffect(() => {
    window.addEventListener('arasul:add-documents', choose);
    return () => window.removeEventListener('arasul:add-documents', choose);
  }, []);

  const passages = format.number(counts?.passages ?? 0);
  const isFirstBeingRead = counts?.documents.indexed === 0 && counts.passages > 0;
  const sentence =
    counts === undefined
      ? '\u00a0'
      : isFirstBeingRead
        ? t('documents:sentenceFirst', { passages })
        : t('documents:sentence', { count: counts.documents.indexed, passages });
  const add = mayAdd && (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('documents:add')}
        onChange={(event) => {
          addFiles([...(event.currentTarget.files ?? [])], folder);
          event.currentTarget.value = '';
        }}
      />
      <Button component={Link} to="/documents/fields" variant="default" leftSection={<IconTable size={16} />}>
        {t('documents:fields')}
      </Button>
      <Button leftSection={<IconPlus size={16} />} onClick={choose}>
        {t('documents:add')}
      </Button>
    </>
  );
  return (
    <Page title={t('common:places.documents')} sentence={sentence} actions={add}>
      <div className={styles.bar}>
        <SearchField value={q ?? ''} onChange={(text) => void navigate({ search: (now) => ({ ...now, q: text === '' ? undefined : text }), replace: true })} />
        <SegmentedControl
          size="xs"
          aria-label={t('documents:filter.label')}
          value={status ?? 'all'}
          onChange={(value) => void navigate({ search: (now) => ({ ...now, status: value === 'all' ? undefined : value }), replace: true })}
          data={(['all', ...documentFilters] as const).map((value) => ({ value, label: t(`documents:filter.${value}`) }))}
        />
        <Select
          size="xs"
          w={150}
          aria-label={t('documents:sort.label')}
          value={sort ?? 'newest'}
          onChange={(value) => void navigate({ search: (now) => ({ ...now, sort: value === 'newest' ? undefined : (value as DocumentSort) }), replace: true })}
          data={documentSorts.map((value) => ({ value, label: t(`documents:sort.${value}`) }))}
        />
      </div>
      {q === undefined && <FolderBar folderId={folder} />}
      <UploadList />
      {q !== undefined && (
        <>
          <SearchFilterBar value={filters} onChange={narrow} />
          {asof !== undefined && (
            <div className={styles.pastRow}>
              <Past onNow={() => narrow({ asof: undefined })}>{t('documents:past', { day: format.day(startOfDay(asof).getTime()) })}</Past>
            </div>
          )}
          <Found query={q} filters={filters} />
        </>
      )}
      {(q === undefined || isListable(filters)) && (
        <DocumentTable q={q} folderId={folder} status={status} sort={sort ?? 'newest'} onChoose={choose} mayAdd={mayAdd} />
      )}
      {over && (
        <div className={styles.drop} aria-hidden="true">
          <p>{t('documents:dropHere')}</p>
        </div>
      )}
    </Page>
  );
};

/** Names are looked for in a folder at most; what else a search is narrowed to is about the words inside. */
const isListable = ({ doc, type, lang, since, until, asof }: SearchFilters): boolean => (doc ?? type ?? lang ?? since ?? until ?? asof) === undefined;

const SearchField = ({ value, onChange }: { value: string; onChange: (text: string) => void }) => {
  const { t } = useTranslation('documents');
  const [typed, setTyped] = useState(value);
  const change = useDebouncedCallback(onChange, 160);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      data-page-search
      className={styles.search}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        change(event.currentTarget.value.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        setTyped('');
        onChange('');
      }}
      placeholder={t('searchInside')}
      aria-label={t('searchInside')}
      leftSection={<IconSearch size={16} stroke={1.6} />}
      rightSection={<kbd className={styles.key}>/</kbd>}
    />
  );
};

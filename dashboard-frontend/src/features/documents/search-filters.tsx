import { Button, Pill, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { startOfDay, yesterday } from '../../lib/days.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { foldersQuery, pathTo } from '../folders/folders-query.ts';
import { useFolderName } from '../folders/use-folder-name.ts';
import { documentKinds, type DocumentKind, type SearchFilters } from './list-options.ts';
import styles from './documents.module.css';

/** Those whose words the box knows the forms of. */
const LANGUAGES = ['da', 'de', 'en', 'es', 'fi', 'fr', 'hu', 'it', 'nl', 'no', 'pt', 'ro', 'ru', 'sv', 'tr'];
const SHOWN = 30;

interface Props {
  value: SearchFilters;
  onChange: (change: SearchFilters) => void;
}

/** What a search is narrowed to: always to be seen, each to be taken away by itself; the fields open on a click. */
export const SearchFilterBar = ({ value, onChange }: Props) => {
  const { t } = useTranslation('documents');
  const [isOpen, setOpen] = useState(false);
  const words = useFilterWords(value);
  return (
    <div className={styles.filters}>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={15} />}
        onClick={() => setOpen(!isOpen)}
        aria-expanded={isOpen}
        aria-controls="search-filters"
      >
        {t('narrow.open')}
      </Button>
      {words.map(({ name, text }) => (
        <Pill
          key={name}
          size="md"
          withRemoveButton
          onRemove={() => onChange({ [name]: undefined })}
          removeButtonProps={{ 'aria-label': t('narrow.without', { what: text }), 'aria-hidden': false, tabIndex: 0 }}
        >
          {text}
        </Pill>
      ))}
      {isOpen && <Fields value={value} onChange={onChange} />}
    </div>
  );
};

const useFilterWords = ({ folder, doc, type, lang, since, until }: SearchFilters): { name: keyof SearchFilters; text: string }[] => {
  const { t } = useTranslation('documents');
  const format = useFormat();
  const folderName = useFolderName();
  const folders = useQuery({ ...foldersQuery, enabled: folder !== undefined });
  const document = useQuery({ queryKey: ['document', doc], queryFn: () => api.get(`/documents/${doc}`, 'documentView'), enabled: doc !== undefined });
  const within = folders.data?.items.find(({ id }) => id === folder);
  const day = (text: string): string => format.day(startOfDay(text).getTime());
  return [
    ...(folder === undefined ? [] : [{ name: 'folder' as const, text: t('narrow.is.folder', { folder: within === undefined ? '…' : folderName(within) }) }]),
    ...(doc === undefined ? [] : [{ name: 'doc' as const, text: t('narrow.is.doc', { filename: document.data?.filename ?? '…' }) }]),
    ...(type === undefined ? [] : [{ name: 'type' as const, text: t(`narrow.kinds.${type}`) }]),
    ...(lang === undefined ? [] : [{ name: 'lang' as const, text: languageName(lang, format.locale) }]),
    ...(since === undefined ? [] : [{ name: 'since' as const, text: t('narrow.is.since', { day: day(since) }) }]),
    ...(until === undefined ? [] : [{ name: 'until' as const, text: t('narrow.is.until', { day: day(until) }) }]),
  ];
};

const languageName = (code: string, locale: string): string => {
  try {
    return new Intl.DisplayNames([locale], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
};

const Fields = ({ value, onChange }: Props) => {
  const { t } = useTranslation('documents');
  const { locale } = useFormat();
  const folderName = useFolderName();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const { data } = useQuery(foldersQuery);
  const found = useQuery({
    queryKey: ['documents', 'narrow', q],
    queryFn: () => api.page('/documents', 'documentView', { query: { q, limit: SHOWN, sort: 'name' } }),
    placeholderData: keepPreviousData,
  });
  const folders = (data?.items ?? [])
    .map(({ id }) => ({
      value: id,
      label: pathTo(data?.items ?? [], id)
        .map(folderName)
        .join(' › '),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const documents = (found.data?.items ?? []).map(({ id, filename }) => ({ value: id, label: filename }));
  const known = documents.some(({ value: id }) => id === value.doc);
  const day = (name: 'since' | 'until' | 'asof', max?: string) => (
    <TextInput
      size="xs"
      type="date"
      label={t(`narrow.${name}`)}
      value={value[name] ?? ''}
      max={max}
      onChange={(event) => onChange({ [name]: event.currentTarget.value === '' ? undefined : event.currentTarget.value })}
    />
  );
  return (
    <div className={styles.fields} id="search-filters">
      <Select
        size="xs"
        label={t('narrow.folder')}
        placeholder={t('narrow.any')}
        data={folders}
        value={value.folder ?? null}
        onChange={(folder) => onChange({ folder: folder ?? undefined })}
        searchable
        clearable
      />
      <Select
        size="xs"
        label={t('narrow.doc')}
        placeholder={t('narrow.any')}
        data={value.doc === undefined || known ? documents : [...documents, { value: value.doc, label: '…' }]}
        value={value.doc ?? null}
        onChange={(doc) => onChange({ doc: doc ?? undefined })}
        onSearchChange={setTyped}
        filter={({ options }) => options}
        nothingFoundMessage={t('narrow.noDocument')}
        searchable
        clearable
      />
      <Select
        size="xs"
        label={t('narrow.type')}
        placeholder={t('narrow.any')}
        data={(Object.keys(documentKinds) as DocumentKind[]).map((kind) => ({ value: kind, label: t(`narrow.kinds.${kind}`) }))}
        value={value.type ?? null}
        onChange={(type) => onChange({ type: type ?? undefined })}
        clearable
      />
      <Select
        size="xs"
        label={t('narrow.lang')}
        placeholder={t('narrow.any')}
        data={LANGUAGES.map((code) => ({ value: code, label: languageName(code, locale) })).sort((a, b) => a.label.localeCompare(b.label, locale))}
        value={value.lang ?? null}
        onChange={(lang) => onChange({ lang: lang ?? undefined })}
        searchable
        clearable
      />
      {day('since')}
      {day('until')}
      {day('asof', yesterday(new Date()))}
    </div>
  );
};

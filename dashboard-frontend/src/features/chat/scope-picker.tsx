import { Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconFileText, IconFolder, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { foldersQuery, pathTo } from '../folders/folders-query.ts';
import { useFolderName } from '../folders/use-folder-name.ts';
import type { Scope } from './ask.ts';
import styles from './scope-picker.module.css';

const SHOWN = 50;

interface Props {
  value: Scope;
  onChange: (scope: Scope) => void;
}

/** What is asked: everything, some folders with all below them, or single documents. */
export const ScopePicker = ({ value, onChange }: Props) => {
  const { t } = useTranslation('chat');
  const [opened, setOpened] = useState(false);
  const { documentIds, folderIds } = value;
  const isAll = documentIds.length + folderIds.length === 0;
  const name = useScopeName(value);
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={360} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="subtle"
          color={isAll ? 'gray' : 'teal'}
          leftSection={folderIds.length > 0 ? <IconFolder size={15} /> : <IconFileText size={15} />}
          rightSection={<IconChevronDown size={14} />}
          onClick={() => setOpened(!opened)}
          aria-haspopup="dialog"
          classNames={{ root: styles.button, label: styles.label }}
        >
          {name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {opened && (
          <div className={styles.choice}>
            <Choice value={value} onChange={onChange} />
            <Button size="xs" variant="default" onClick={() => onChange({ ...value, documentIds: [], folderIds: [] })} disabled={isAll}>
              {t('scope.reset')}
            </Button>
          </div>
        )}
      </Popover.Dropdown>
    </Popover>
  );
};

const useScopeName = ({ documentIds, folderIds }: Scope): string => {
  const { t } = useTranslation('chat');
  const folderName = useFolderName();
  const folders = useQuery({ ...foldersQuery, enabled: folderIds.length === 1 });
  const document = useQuery({
    queryKey: ['document', documentIds[0]],
    queryFn: () => api.get(`/documents/${documentIds[0]}`, 'documentView'),
    enabled: documentIds.length === 1,
  });
  if (folderIds.length > 0) {
    const folder = folderIds.length === 1 ? folders.data?.items.find(({ id }) => id === folderIds[0]) : undefined;
    return folder === undefined ? t('scope.inFolders', { count: folderIds.length }) : folderName(folder);
  }
  if (documentIds.length === 0) return t('scope.all');
  return (documentIds.length === 1 ? document.data?.filename : undefined) ?? t('scope.some', { count: documentIds.length });
};

const toggled = (ids: readonly string[], id: string, isOn: boolean): readonly string[] => (isOn ? [...ids, id] : ids.filter((other) => other !== id));

const Choice = ({ value, onChange }: Props) => {
  const { t } = useTranslation('chat');
  const folderName = useFolderName();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 120);
  const documents = useQuery({
    queryKey: ['documents', 'scope', q],
    queryFn: () => api.page('/documents', 'documentView', { query: { q, limit: SHOWN, sort: 'name' } }),
    placeholderData: keepPreviousData,
  });
  const { data } = useQuery(foldersQuery);
  const folders = (data?.items ?? [])
    .map(({ id }) => ({
      id,
      path: pathTo(data?.items ?? [], id)
        .map(folderName)
        .join(' › '),
    }))
    .filter(({ path }) => path.toLowerCase().includes(q.toLowerCase()))
    .sort((a, b) => a.path.localeCompare(b.path));
  // Folders or documents: what both would mean together, nobody could tell from looking.
  const entry = (id: string, label: string, kind: 'documentIds' | 'folderIds') => (
    <Checkbox
      key={id}
      size="sm"
      label={label}
      checked={value[kind].includes(id)}
      onChange={(event) => onChange({ ...value, documentIds: [], folderIds: [], [kind]: toggled(value[kind], id, event.currentTarget.checked) })}
      classNames={{ label: styles.file, body: styles.entry }}
    />
  );
  return (
    <>
      <TextInput
        size="sm"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder={t('scope.find')}
        aria-label={t('scope.find')}
        leftSection={<IconSearch size={15} />}
        data-autofocus
      />
      <div className={styles.list}>
        {folders.length > 0 && <p className="small quiet">{t('scope.folders')}</p>}
        {folders.map(({ id, path }) => entry(id, path, 'folderIds'))}
        <p className="small quiet">{t('scope.documents')}</p>
        {documents.data?.items.map(({ id, filename }) => entry(id, filename, 'documentIds'))}
        {documents.data?.items.length === 0 && <p className="small quiet">{t('scope.none')}</p>}
      </div>
    </>
  );
};

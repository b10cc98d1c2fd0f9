import { Button, Checkbox, Popover, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconFileText, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import styles from './scope-picker.module.css';

const SHOWN = 50;

/** Which documents are asked: all, or those that are chosen. */
export const ScopePicker = ({ value, onChange }: { value: readonly string[]; onChange: (documentIds: readonly string[]) => void }) => {
  const { t } = useTranslation('chat');
  const [opened, setOpened] = useState(false);
  const one = useQuery({
    queryKey: ['document', value[0]],
    queryFn: () => api.get(`/documents/${value[0]}`, 'documentView'),
    enabled: value.length === 1,
  });
  const name =
    value.length === 0 ? t('scope.all') : value.length === 1 ? (one.data?.filename ?? t('scope.some', { count: 1 })) : t('scope.some', { count: value.length });
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={360} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="subtle"
          color={value.length === 0 ? 'gray' : 'teal'}
          leftSection={<IconFileText size={15} />}
          rightSection={<IconChevronDown size={14} />}
          onClick={() => setOpened(!opened)}
          aria-haspopup="dialog"
          classNames={{ root: styles.button, label: styles.label }}
        >
          {name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{opened && <Choice value={value} onChange={onChange} />}</Popover.Dropdown>
    </Popover>
  );
};

const Choice = ({ value, onChange }: { value: readonly string[]; onChange: (documentIds: readonly string[]) => void }) => {
  const { t } = useTranslation('chat');
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 120);
  const documents = useQuery({
    queryKey: ['documents', 'scope', q],
    queryFn: () => api.page('/documents', 'documentView', { query: { q, limit: SHOWN, sort: 'name' } }),
    placeholderData: keepPreviousData,
  });
  return (
    <div className={styles.choice}>
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
        {documents.data?.items.map(({ id, filename }) => (
          <Checkbox
            key={id}
            size="sm"
            label={filename}
            checked={value.includes(id)}
            onChange={(event) => onChange(event.currentTarget.checked ? [...value, id] : value.filter((other) => other !== id))}
            classNames={{ label: styles.file, body: styles.entry }}
          />
        ))}
        {documents.data?.items.length === 0 && <p className="small quiet">{t('scope.none')}</p>}
      </div>
      <Button size="xs" variant="default" onClick={() => onChange([])} disabled={value.length === 0}>
        {t('scope.reset')}
      </Button>
    </div>
  );
};

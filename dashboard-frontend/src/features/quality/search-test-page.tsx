import { Button, Switch, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { ExplainedSearch } from './explained-search.tsx';
import styles from './quality.module.css';

/** A question as the box looks for it: what each stage found, why the order is as it is, and what other settings would do. */
export const SearchTestPage = () => {
  const { t } = useTranslation(['quality', 'common']);
  const navigate = useNavigate({ from: '/system/search-test' });
  const { q = '' } = useSearch({ from: '/shell/system/search-test' });
  const [typed, setTyped] = useState(q);
  const [compare, setCompare] = useState(false);
  return (
    <Page title={t('common:places.searchTest')} sentence={t('quality:test.sentence')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: typed.trim() === '' ? {} : { q: typed.trim() } });
        }}
      >
        <TextInput
          data-page-search
          label={t('quality:test.question')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          maxLength={2000}
          leftSection={<IconSearch size={16} stroke={1.6} />}
        />
        <Button type="submit" disabled={typed.trim() === ''}>
          {t('common:search')}
        </Button>
        <Switch label={t('quality:test.compare')} checked={compare} onChange={(event) => setCompare(event.currentTarget.checked)} mb={8} />
      </form>
      {q === '' ? (
        <Empty title={t('quality:test.empty')}>{t('quality:test.emptyText')}</Empty>
      ) : (
        <div className={styles.columns}>
          <ExplainedSearch key={`a${q}`} query={q} title={compare ? t('quality:test.left') : undefined} tunable={!compare} />
          {compare && <ExplainedSearch key={`b${q}`} query={q} title={t('quality:test.right')} tunable />}
        </div>
      )}
    </Page>
  );
};

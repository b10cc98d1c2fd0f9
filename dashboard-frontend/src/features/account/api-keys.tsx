import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { ApiKeyView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import styles from './account.module.css';
import { NewKey } from './new-key.tsx';

/** Keys for scripts and other programs. */
export const ApiKeys = () => {
  const { t } = useTranslation(['account', 'common']);
  const [making, setMaking] = useState(false);
  const query = useQuery({ queryKey: ['keys'], queryFn: () => api.page('/auth/keys', 'apiKeyView', {}) });
  const revoke = useMutation({
    mutationFn: ({ id }: ApiKeyView) => api.act('DELETE', `/auth/keys/${id}`),
    onSuccess: (_, { name }) => {
      say(t('account:keys.wasRevoked', { name }));
      return queryClient.invalidateQueries({ queryKey: ['keys'] });
    },
    onError: sayError,
  });
  const columns: Column<ApiKeyView>[] = [
    {
      id: 'name',
      header: t('account:keys.name'),
      phone: 'bare',
      cell: ({ name, prefix }) => (
        <>
          <span style={{ fontWeight: 500 }}>{name}</span> <code className="quiet small">{prefix}…</code>
        </>
      ),
    },
    { id: 'scopes', header: t('account:keys.scopes'), cell: ({ scopes }) => <span className="small">{scopes.join(', ')}</span> },
    { id: 'state', header: t('account:keys.state'), cell: (key) => <KeyState apiKey={key} /> },
    { id: 'used', header: t('account:keys.used'), cell: ({ lastUsedAt }) => (lastUsedAt === null ? t('common:never') : <RelativeTime at={lastUsedAt} />) },
    {
      id: 'revoke',
      header: t('account:keys.revoke'),
      quietHeader: true,
      align: 'end',
      cell: (key) =>
        key.revokedAt === null && (
          <Button size="compact-sm" variant="default" onClick={() => revoke.mutate(key)}>
            {t('account:keys.revoke')}
          </Button>
        ),
    },
  ];
  return (
    <Section
      title={t('account:keys.title')}
      aside={
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setMaking(true)}>
          {t('account:keys.new')}
        </Button>
      }
    >
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>
              {t('account:keys.none')} <a href="/api/docs">{t('common:places.api')}</a>
            </p>
          ) : (
            <Table label={t('account:keys.title')} columns={columns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </QueryView>
      {making && <NewKey onClose={() => setMaking(false)} />}
    </Section>
  );
};

const KeyState = ({ apiKey: { revokedAt, expiresAt } }: { apiKey: ApiKeyView }) => {
  const { t } = useTranslation('account');
  if (revokedAt !== null) return <StateWord tone="idle">{t('keys.revoked')}</StateWord>;
  if (expiresAt === null) return <StateWord tone="ok">{t('keys.valid')}</StateWord>;
  if (Date.parse(expiresAt) < Date.now()) return <StateWord tone="idle">{t('keys.expired')}</StateWord>;
  return (
    <StateWord tone="ok">
      {t('keys.expires')} <RelativeTime at={expiresAt} future />
    </StateWord>
  );
};

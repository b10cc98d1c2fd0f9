import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { UserView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { ShowMore } from '../../components/ui/show-more.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMe } from '../../lib/api/queries.ts';
import { NewUser } from './new-user.tsx';
import { PasswordShown } from './password-shown.tsx';
import { RoleChoice } from './role-choice.tsx';
import { UserActions } from './user-actions.tsx';

const EACH = 50;

/** Who may use this box, and as what. */
export const UsersPage = () => {
  const { t } = useTranslation(['users', 'common']);
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 150);
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<{ username: string; password: string }>();
  const query = useInfiniteQuery({
    queryKey: ['users', q],
    queryFn: ({ pageParam, signal }) => api.page('/users', 'userView', { query: { q, limit: EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const columns = useColumns((username, password) => setShown({ username, password }));
  return (
    <Page
      title={t('common:places.users')}
      sentence={t('users:sentence')}
      actions={
        <>
          <TextInput
            data-page-search
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            placeholder={t('users:search')}
            aria-label={t('users:search')}
            leftSection={<IconSearch size={16} stroke={1.6} />}
          />
          <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
            {t('users:new.open')}
          </Button>
        </>
      }
    >
      <QueryView query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          return (
            <>
              {rows.length === 0 ? (
                <p className="quiet">{t('users:none', { q })}</p>
              ) : (
                <Table label={t('common:places.users')} columns={columns} rows={rows} rowKey={({ id }) => id} />
              )}
              <ShowMore query={query} />
            </>
          );
        }}
      </QueryView>
      {making && <NewUser onClose={() => setMaking(false)} onPassword={(username, password) => setShown({ username, password })} />}
      {shown !== undefined && <PasswordShown {...shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
};

const useColumns = (onPassword: (username: string, password: string) => void): Column<UserView>[] => {
  const { t } = useTranslation(['users', 'common']);
  const me = useMe();
  return [
    {
      id: 'name',
      header: t('users:column.name'),
      phone: 'bare',
      cell: ({ id, username, email }) => (
        <>
          <span style={{ fontWeight: 500 }}>{username}</span> {id === me?.id && <span className="quiet small">{t('users:you')}</span>}
          {email !== null && <p className="small quiet">{email}</p>}
        </>
      ),
    },
    { id: 'role', header: t('users:column.role'), cell: (user) => <RoleChoice user={user} /> },
    { id: 'state', header: t('users:column.state'), cell: (user) => <UserState user={user} /> },
    { id: 'totp', header: t('users:column.totp'), cell: ({ totpEnabled }) => (totpEnabled ? t('users:totpOn') : t('users:totpOff')) },
    { id: 'seen', header: t('users:column.seen'), cell: ({ lastLogin }) => (lastLogin === null ? t('common:never') : <RelativeTime at={lastLogin} />) },
    {
      id: 'actions',
      header: t('users:column.actions'),
      quietHeader: true,
      align: 'end',
      phone: 'corner',
      cell: (user) => <UserActions user={user} onPassword={onPassword} />,
    },
  ];
};

const UserState = ({ user }: { user: UserView }) => {
  const { t } = useTranslation('users');
  if (!user.isActive) return <StateWord tone="idle">{t('state.inactive')}</StateWord>;
  if (user.lockedUntil !== null && Date.parse(user.lockedUntil) > Date.now()) {
    return (
      <StateWord tone="warn">
        {t('state.locked')} <RelativeTime at={user.lockedUntil} future />
      </StateWord>
    );
  }
  return <StateWord tone={user.mustChangePassword ? 'idle' : 'ok'}>{user.mustChangePassword ? t('state.mustChange') : t('state.active')}</StateWord>;
};

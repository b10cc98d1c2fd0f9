import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GroupView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmByName } from '../../components/ui/confirm-by-name.tsx';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { GroupDialog } from './group-dialog.tsx';

/** How many members a row names before it counts the rest. */
const NAMED = 6;

/** Groups of people that folders and documents can be shared with. */
export const GroupsPage = () => {
  const { t } = useTranslation(['access', 'common']);
  const [editing, setEditing] = useState<GroupView | 'new'>();
  const [removing, setRemoving] = useState<GroupView>();
  const query = useQuery({ queryKey: ['groups'], queryFn: ({ signal }) => api.get('/groups', 'groupList', { signal }) });
  const remove = useMutation({
    mutationFn: ({ id }: GroupView) => api.act('DELETE', `/groups/${id}`),
    onSuccess: (_, { name }) => {
      setRemoving(undefined);
      say(t('access:groups.removed', { name }));
      return queryClient.invalidateQueries({ queryKey: ['groups'] });
    },
    onError: sayError,
  });
  const columns: Column<GroupView>[] = [
    { id: 'name', header: t('access:groups.name'), phone: 'bare', cell: ({ name }) => <span style={{ fontWeight: 500 }}>{name}</span> },
    { id: 'members', header: t('access:groups.members'), cell: ({ members }) => <Members names={members.map(({ name }) => name)} /> },
    {
      id: 'actions',
      header: t('access:groups.actions'),
      quietHeader: true,
      align: 'end',
      phone: 'corner',
      cell: (group) => (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={t('access:groups.moreFor', { name: group.name })} size="md">
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setEditing(group)}>{t('access:groups.edit')}</Menu.Item>
            <Menu.Item onClick={() => setRemoving(group)}>{t('access:groups.remove')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ),
    },
  ];
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      {t('access:groups.new')}
    </Button>
  );
  return (
    <Page title={t('common:places.groups')} sentence={t('access:groups.sentence')} actions={make}>
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('access:groups.none')}>{t('access:groups.noneText')}</Empty>
          ) : (
            <Table label={t('common:places.groups')} columns={columns} rows={items} rowKey={({ id }) => id} onOpen={setEditing} />
          )
        }
      </QueryView>
      {editing !== undefined && <GroupDialog group={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
      {removing !== undefined && (
        <ConfirmByName
          title={t('access:groups.removeTitle', { name: removing.name })}
          name={removing.name}
          label={t('access:groups.removeLabel')}
          action={t('access:groups.remove')}
          onConfirm={() => remove.mutate(removing)}
          onClose={() => setRemoving(undefined)}
        >
          {t('access:groups.removeText')}
        </ConfirmByName>
      )}
    </Page>
  );
};

const Members = ({ names }: { names: string[] }) => {
  const { t } = useTranslation('access');
  if (names.length === 0) return <span className="quiet">{t('groups.empty')}</span>;
  const rest = names.length - NAMED;
  return (
    <>
      {names.slice(0, NAMED).join(', ')} {rest > 0 && <span className="quiet">{t('groups.more', { count: rest })}</span>}
    </>
  );
};

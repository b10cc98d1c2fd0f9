import { Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { UserView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { queryClient, useMe } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { mayChange, rolesToGive } from './may-change.ts';

/** A user's role, to be changed in place where that is allowed. */
export const RoleChoice = ({ user }: { user: UserView }) => {
  const { t } = useTranslation(['users', 'common']);
  const me = useMe();
  const change = useMutation({
    mutationFn: (role: string) => api.patch(`/users/${user.id}`, 'userPatched', { role }),
    onSuccess: ({ user: after }) => {
      say(t('users:roleChanged', { name: after.username, role: t(`common:roles.${after.role}`) }));
      return queryClient.invalidateQueries({ queryKey: ['users'] });
    },
    onError: sayError,
  });
  if (!mayChange(me, user) || user.role === 'owner') return t(`common:roles.${user.role}`);
  return (
    <Select
      size="xs"
      w={130}
      value={user.role}
      onChange={(role) => role !== null && role !== user.role && change.mutate(role)}
      disabled={change.isPending}
      aria-label={t('users:roleOf', { name: user.username })}
      data={rolesToGive.map((role) => ({ value: role, label: t(`common:roles.${role}`) }))}
    />
  );
};

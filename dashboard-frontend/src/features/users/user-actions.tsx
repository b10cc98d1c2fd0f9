import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { UserView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmByName } from '../../components/ui/confirm-by-name.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient, useMe } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import { mayChange } from './may-change.ts';

interface Props {
  user: UserView;
  onPassword: (username: string, password: string) => void;
}

type Change = { isActive: boolean } | { unlock: true } | { resetPassword: true } | { disableTotp: true };

/** Lock, password and two-step sign-in of somebody else's account. */
export const UserActions = ({ user, onPassword }: Props) => {
  const { t } = useTranslation('users');
  const me = useMe();
  const [removing, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['users'] });
  const change = useMutation({
    mutationFn: (wanted: Change) => api.patch(`/users/${user.id}`, 'userPatched', wanted),
    onSuccess: ({ initialPassword }) => {
      if (initialPassword === undefined) say(t('changed', { name: user.username }));
      else onPassword(user.username, initialPassword);
      return refresh();
    },
    onError: sayError,
  });
  const remove = useMutation({
    mutationFn: () => api.act('DELETE', `/users/${user.id}`),
    onSuccess: () => {
      setRemoving(false);
      say(t('removed', { name: user.username }));
      return refresh();
    },
    onError: sayError,
  });
  if (!mayChange(me, user)) return null;
  const locked = user.lockedUntil !== null && Date.parse(user.lockedUntil) > Date.now();
  return (
    <>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <ActionIcon aria-label={t('moreFor', { name: user.username })} size="md">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {locked && <Menu.Item onClick={() => change.mutate({ unlock: true })}>{t('unlock')}</Menu.Item>}
          <Menu.Item onClick={() => change.mutate({ resetPassword: true })}>{t('resetPassword')}</Menu.Item>
          {user.totpEnabled && <Menu.Item onClick={() => change.mutate({ disableTotp: true })}>{t('disableTotp')}</Menu.Item>}
          <Menu.Item onClick={() => change.mutate({ isActive: !user.isActive })}>{user.isActive ? t('deactivate') : t('activate')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => setRemoving(true)}>{t('remove')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {removing && (
        <ConfirmByName
          title={t('removeTitle', { name: user.username })}
          name={user.username}
          label={t('removeLabel')}
          action={t('removeAction')}
          onConfirm={() => remove.mutate()}
          onClose={() => setRemoving(false)}
        >
          {t('removeText')}
        </ConfirmByName>
      )}
    </>
  );
};

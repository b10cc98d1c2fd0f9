import { ActionIcon, Button, Indicator, Popover } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { api } from '../../lib/api/client.ts';
import { useMe } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { severityTone, useWords } from '../alerts/index.ts';
import { useBell } from './use-bell.ts';

/** What the box has to say to whoever looks: a number while something is unread, the messages on a click. */
export const Bell = () => {
  const { t } = useTranslation('channels');
  const me = useMe();
  const unread = useBell(me?.mustChangePassword === false);
  const [open, setOpen] = useState(false);
  const read = useMutation({ mutationFn: () => api.act('POST', '/notifications/read', { body: {} }), onError: sayError });
  const turn = (next: boolean): void => {
    setOpen(next);
    if (!next && unread > 0) read.mutate();
  };
  return (
    <Popover opened={open} onChange={turn} position="right-end" width={340} trapFocus shadow="md">
      <Indicator label={unread > 99 ? '99+' : unread} size={16} disabled={unread === 0} color="red">
        <Popover.Target>
          <ActionIcon variant="subtle" aria-label={t('bell.open', { count: unread })} onClick={() => turn(!open)}>
            <IconBell size={18} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>{open && <Messages onFollow={() => turn(false)} />}</Popover.Dropdown>
    </Popover>
  );
};

const Messages = ({ onFollow }: { onFollow: () => void }) => {
  const { t } = useTranslation('channels');
  const words = useWords();
  const { data } = useQuery({ queryKey: ['bell'], queryFn: ({ signal }) => api.get('/notifications', 'notificationPage', { query: { limit: 10 }, signal }) });
  const [permission, setPermission] = useState(() => ('Notification' in window ? Notification.permission : 'denied'));
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      {data?.items.length === 0 && <p className="quiet">{t('bell.none')}</p>}
      {data?.items.map(({ id, title, severity, createdAt, readAt, link }) => (
        <div key={id} style={{ display: 'flex', gap: 8, fontWeight: readAt === null ? 600 : 400 }}>
          <StateMark tone={severityTone[severity]} />
          <div>
            {link === null ? (
              words(title)
            ) : (
              <Link to={link} onClick={onFollow}>
                {words(title)}
              </Link>
            )}
            <p className="small quiet">
              <RelativeTime at={createdAt} />
            </p>
          </div>
        </div>
      ))}
      {permission === 'default' && (
        <Button size="xs" variant="default" onClick={() => void Notification.requestPermission().then(setPermission)}>
          {t('bell.allow')}
        </Button>
      )}
    </div>
  );
};

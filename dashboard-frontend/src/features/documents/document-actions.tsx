import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconFolder, IconLockOpen, IconMessageCircle, IconPlayerStop, IconRefresh, IconTrash, IconUsers } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DocumentView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useState } from 'react';
import { api, apiPath } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { MoveDialog } from '../folders/move-dialog.tsx';
import { ShareDialog } from '../folders/share-dialog.tsx';
import styles from './documents.module.css';
import { PasswordDialog } from './password-dialog.tsx';
import { removeDocument } from './removals.ts';

/** What can be done with a document; a failed one shows the way on openly. */
export const DocumentActions = ({ document, onRemoved }: { document: DocumentView; onRemoved?: () => void }) => {
  const { t } = useTranslation(['documents', 'folders', 'common']);
  const { id, filename, status, mayChange, error } = document;
  const [open, setOpen] = useState<'share' | 'move'>();
  const retry = useMutation({
    mutationFn: () => api.act('POST', `/documents/${id}/retry`),
    onSuccess: () => Promise.all([queryClient.invalidateQueries({ queryKey: ['documents'] }), queryClient.invalidateQueries({ queryKey: ['document', id] })]),
    onError: sayError,
  });
  const remove = () => void removeDocument(document).then((gone) => gone && onRemoved?.());
  const cancel = useMutation({
    mutationFn: () => api.act('POST', `/documents/${id}/cancel`),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['documents'] }),
    onError: sayError,
  });
  const [asking, setAsking] = useState(false);
  const isLocked = status === 'failed' && (error?.code === 'document_encrypted' || error?.code === 'document_password_wrong');
  return (
    <span className={styles.actions}>
      {asking && <PasswordDialog document={document} onClose={() => setAsking(false)} />}
      {status === 'failed' && mayChange && (
        <>
          {isLocked ? (
            <Button size="compact-sm" variant="default" leftSection={<IconLockOpen size={14} />} onClick={() => setAsking(true)}>
              {t('documents:password.give')}
            </Button>
          ) : (
            <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => retry.mutate()} loading={retry.isPending}>
              {t('documents:retry')}
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={remove}>
            {t('common:remove')}
          </Button>
        </>
      )}
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={t('documents:moreFor', { filename })} size="md">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            renderRoot={(root) => <Link {...root} to="/chat" search={{ document: id }} />}
            leftSection={<IconMessageCircle size={15} />}
            disabled={document.passages === 0}
          >
            {t('documents:ask')}
          </Menu.Item>
          <Menu.Item component="a" href={apiPath(`/documents/${id}/content`)} download={filename} leftSection={<IconDownload size={15} />}>
            {t('documents:viewer.download')}
          </Menu.Item>
          <Menu.Item leftSection={<IconUsers size={15} />} onClick={() => setOpen('share')}>
            {t('folders:share.open')}
          </Menu.Item>
          {mayChange && (
            <>
              <Menu.Item leftSection={<IconFolder size={15} />} onClick={() => setOpen('move')}>
                {t('folders:moveOpen')}
              </Menu.Item>
              {(status === 'pending' || status === 'indexing') && (
                <Menu.Item leftSection={<IconPlayerStop size={15} />} onClick={() => cancel.mutate()}>
                  {t('documents:cancel')}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item leftSection={<IconTrash size={15} />} onClick={remove}>
                {t('common:remove')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'share' && <ShareDialog path={`/documents/${id}`} name={filename} onClose={() => setOpen(undefined)} />}
      {open === 'move' && <MoveDialog document={document} onClose={() => setOpen(undefined)} />}
    </span>
  );
};

import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots, IconFolder, IconFolderPlus, IconLock, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FolderView } from '#contracts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';
import styles from './folders.module.css';
import { foldersQuery, pathTo } from './folders-query.ts';
import { NameDialog } from './name-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { useFolderName } from './use-folder-name.ts';

const icons = { shared: IconUsers, private: IconLock, folder: IconFolder } as const;

/** Where one is in the tree, and the folders in here. */
export const FolderBar = ({ folderId }: { folderId: string | undefined }) => {
  const { t } = useTranslation(['folders', 'common']);
  const nameOf = useFolderName();
  const { data } = useQuery(foldersQuery);
  const [making, setMaking] = useState(false);
  if (data === undefined) return null;
  const path = pathTo(data.items, folderId);
  const here = path.at(-1);
  const inside = data.items.filter(({ parentId }) => parentId === (here?.id ?? null));
  return (
    <nav className={styles.bar} aria-label={t('folders:label')}>
      {here !== undefined && (
        <div className={styles.path}>
          <Link to="/documents" search={(now) => ({ ...now, folder: undefined })}>
            {t('folders:all')}
          </Link>
          {path.map((folder) => (
            <span key={folder.id}>
              {' › '}
              {folder.id === here.id ? (
                <strong>{nameOf(folder)}</strong>
              ) : (
                <Link to="/documents" search={(now) => ({ ...now, folder: folder.id })}>
                  {nameOf(folder)}
                </Link>
              )}
            </span>
          ))}
          <FolderMenu folder={here} />
        </div>
      )}
      <ul className={styles.folders}>
        {inside.map((folder) => {
          const Icon = icons[folder.kind];
          return (
            <li key={folder.id}>
              <Link className={styles.folder} to="/documents" search={(now) => ({ ...now, folder: folder.id, q: undefined })}>
                <Icon size={16} stroke={1.6} aria-hidden="true" />
                <span>{nameOf(folder)}</span>
                <span className="quiet small">{folder.documents}</span>
              </Link>
            </li>
          );
        })}
        {here?.mayAdd === true && (
          <li>
            <Button size="xs" variant="subtle" leftSection={<IconFolderPlus size={15} />} onClick={() => setMaking(true)}>
              {t('folders:new')}
            </Button>
          </li>
        )}
      </ul>
      {making && here !== undefined && (
        <NameDialog
          title={t('folders:new')}
          action={t('folders:make')}
          onClose={() => setMaking(false)}
          onName={(name) => api.post('/folders', 'folderView', { parentId: here.id, name })}
        />
      )}
    </nav>
  );
};

const FolderMenu = ({ folder }: { folder: FolderView }) => {
  const { t } = useTranslation(['folders', 'common']);
  const navigate = useNavigate();
  const [open, setOpen] = useState<'share' | 'rename'>();
  const { id, name, parentId } = folder;
  const remove = () =>
    void api
      .act('DELETE', `/folders/${id}`)
      .then(async () => {
        await navigate({ to: '/documents', search: { folder: parentId ?? undefined } });
        await queryClient.invalidateQueries({ queryKey: ['folders'] });
        say(t('folders:removed', { name }));
      })
      .catch(sayError);
  if (folder.kind === 'private') return null;
  return (
    <>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={t('folders:moreFor', { name })} size="sm">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('share')}>{t('folders:share.open')}</Menu.Item>
          {folder.mayChange && (
            <>
              <Menu.Item onClick={() => setOpen('rename')}>{t('folders:rename')}</Menu.Item>
              <Menu.Item onClick={remove}>{t('common:remove')}</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'share' && <ShareDialog path={`/folders/${id}`} name={name} onClose={() => setOpen(undefined)} />}
      {open === 'rename' && (
        <NameDialog
          title={t('folders:rename')}
          action={t('folders:rename')}
          name={name}
          onClose={() => setOpen(undefined)}
          onName={(next) => api.patch(`/folders/${id}`, 'folderView', { name: next })}
        />
      )}
    </>
  );
};

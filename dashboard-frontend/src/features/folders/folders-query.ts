import { queryOptions } from '@tanstack/react-query';
import type { FolderView } from '#contracts';
import { api } from '../../lib/api/client.ts';

export const foldersQuery = queryOptions({ queryKey: ['folders'], queryFn: ({ signal }) => api.get('/folders', 'folderList', { signal }) });

/** From the root down to the folder itself. */
export const pathTo = (folders: readonly FolderView[], id: string | undefined): FolderView[] => {
  const folder = folders.find((each) => each.id === id);
  return folder === undefined ? [] : [...pathTo(folders, folder.parentId ?? undefined), folder];
};

/** The folders that may take something, each with its whole path as its name. */
export const placesToPut = (folders: readonly FolderView[], nameOf: (folder: FolderView) => string): { value: string; label: string }[] =>
  folders
    .filter(({ mayAdd }) => mayAdd)
    .map(({ id }) => ({ value: id, label: pathTo(folders, id).map(nameOf).join(' › ') }))
    .sort((a, b) => a.label.localeCompare(b.label));

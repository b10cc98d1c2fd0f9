import { useTranslation } from 'react-i18next';
import type { FolderView } from '#contracts';

/** What a folder is called here: the two roots have their names in the reader's language. */
export const useFolderName = (): ((folder: Pick<FolderView, 'kind' | 'name'>) => string) => {
  const { t } = useTranslation('folders');
  return ({ kind, name }) => (kind === 'folder' ? name : t(`kind.${kind}`));
};

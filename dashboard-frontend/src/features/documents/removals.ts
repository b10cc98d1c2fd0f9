import type { DocumentView } from '#contracts';
import i18next from 'i18next';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';
import { offerUndo } from '../../lib/undo.tsx';

const refresh = () => queryClient.invalidateQueries({ queryKey: ['documents'] });

/** Removes a document with its passages and vectors; the box takes it back for ten seconds. Resolves to whether it is gone. */
export const removeDocument = async ({ id, filename }: Pick<DocumentView, 'id' | 'filename'>): Promise<boolean> => {
  try {
    await api.act('DELETE', `/documents/${id}`);
  } catch (error) {
    sayError(error);
    return false;
  }
  const restore = () => void api.post(`/documents/${id}/restore`, 'documentView').then(refresh, sayError);
  offerUndo({ id: `document-${id}`, said: i18next.t('removed', { ns: 'documents', filename }), onUndo: restore });
  await refresh();
  return true;
};

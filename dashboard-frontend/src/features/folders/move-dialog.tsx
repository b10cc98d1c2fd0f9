import { Button, Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentView } from '#contracts';
import { Dialog } from '../../components/ui/dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { foldersQuery, placesToPut } from './folders-query.ts';
import { useFolderName } from './use-folder-name.ts';

/** Puts a document into another folder; says that other people may see it then. */
export const MoveDialog = ({ document, onClose }: { document: DocumentView; onClose: () => void }) => {
  const { t } = useTranslation(['folders', 'common']);
  const errorText = useErrorText();
  const nameOf = useFolderName();
  const { data } = useQuery(foldersQuery);
  const [folderId, setFolderId] = useState(document.folderId);
  const move = useMutation({
    mutationFn: () => api.patch(`/documents/${document.id}`, 'documentView', { folderId }),
    onSuccess: async () => {
      await Promise.all(['folders', 'documents', 'document'].map((queryKey) => queryClient.invalidateQueries({ queryKey: [queryKey] })));
      say(t('folders:moved', { name: document.filename }));
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={t('folders:moveTitle', { name: document.filename })}>
      <div style={{ display: 'grid', gap: 16 }}>
        <Select
          label={t('folders:moveTo')}
          description={t('folders:moveHelp')}
          searchable
          value={folderId}
          onChange={setFolderId}
          data={placesToPut(data?.items ?? [], nameOf)}
          error={move.error === null ? undefined : errorText(move.error)}
        />
        <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8 }}>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button disabled={folderId === null || folderId === document.folderId} loading={move.isPending} onClick={() => move.mutate()}>
            {t('folders:move')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};

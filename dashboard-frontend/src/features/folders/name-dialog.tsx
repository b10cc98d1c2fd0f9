import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { queryClient } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';

interface Props {
  title: string;
  action: string;
  name?: string;
  onName: (name: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a folder's name. */
export const NameDialog = ({ title, action, name: now = '', onName, onClose }: Props) => {
  const { t } = useTranslation(['folders', 'common']);
  const errorText = useErrorText();
  const [name, setName] = useState(now);
  const save = useMutation({
    mutationFn: () => onName(name.trim()),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['folders'] });
      onClose();
    },
  });
  const ready = name.trim() !== '' && name.trim() !== now;
  return (
    <FormDialog title={title} action={action} ready={ready} saving={save} ownError onClose={onClose}>
      <TextInput
        label={t('folders:name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={save.error === null ? undefined : errorText(save.error)}
        maxLength={255}
        autoComplete="off"
        data-autofocus
      />
    </FormDialog>
  );
};

import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { DocumentView } from '#contracts';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { useErrorText } from '../../lib/use-error-text.ts';

/** Asks for the password of a protected document. */
export const PasswordDialog = ({ document: { id, filename }, onClose }: { document: DocumentView; onClose: () => void }) => {
  const { t } = useTranslation(['documents', 'common']);
  const errorText = useErrorText();
  const [password, setPassword] = useState('');
  const unlock = useMutation({
    mutationFn: () => api.act('POST', `/documents/${id}/password`, { body: { password } }),
    onSuccess: async () => {
      await Promise.all([queryClient.invalidateQueries({ queryKey: ['documents'] }), queryClient.invalidateQueries({ queryKey: ['document', id] })]);
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password !== '') unlock.mutate();
  };
  return (
    <Dialog title={t('documents:password.title', { filename })} onClose={onClose}>
      <form onSubmit={submit}>
        <PasswordInput
          data-autofocus
          autoComplete="off"
          label={t('documents:password.label')}
          description={t('documents:password.kept')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={unlock.isError ? errorText(unlock.error) : undefined}
        />
        <Button type="submit" mt="md" loading={unlock.isPending} disabled={password === ''}>
          {t('documents:password.open')}
        </Button>
      </form>
    </Dialog>
  );
};

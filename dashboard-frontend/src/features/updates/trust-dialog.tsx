import { Checkbox, FileInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrustView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { refreshUpdates } from './use-updates.ts';
import styles from './updates.module.css';

export const Fingerprints = ({ keys }: Pick<TrustView, 'keys'>) => (
  <ul>
    {keys.map(({ id, fingerprint }) => (
      <li key={id} className={`small num ${styles.name}`}>
        {fingerprint}
      </li>
    ))}
  </ul>
);

/** Trusts one more maker: the file, its fingerprints to compare, then the word. */
export const TrustDialog = ({ onClose }: { onClose: () => void }) => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  const errorText = useErrorText();
  const [name, setName] = useState('');
  const [compared, setCompared] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const look = useMutation({
    mutationFn: async (chosen: File) => {
      const root = await chosen.text();
      return { root, seen: await api.post('/updates/trust/look', 'trustCandidateView', { root }) };
    },
  });
  const save = useMutation({
    mutationFn: () => api.post('/updates/trust', 'trustView', { name, root: look.data?.root }),
    onSuccess: async () => {
      await refreshUpdates();
      onClose();
    },
  });
  const seen = look.data?.seen;
  return (
    <FormDialog
      title={t('trusting.title')}
      action={t('trusting.add')}
      ready={seen !== undefined && compared && /^[a-z0-9][a-z0-9-]{0,39}$/.test(name)}
      saving={save}
      onClose={onClose}
    >
      <p className="quiet">{t('trusting.about')}</p>
      <TextInput
        label={t('trusting.name')}
        description={t('trusting.nameHelp')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FileInput
        label={t('trusting.file')}
        placeholder="1.root.json"
        value={file}
        onChange={(chosen) => {
          setFile(chosen);
          setCompared(false);
          if (chosen) look.mutate(chosen);
        }}
        error={look.error === null ? undefined : errorText(look.error)}
      />
      {seen && (
        <div>
          <p className="small quiet">
            {t('root', { version: seen.rootVersion, threshold: seen.threshold, count: seen.keys.length, expires: format.absolute(Date.parse(seen.expires)) })}
          </p>
          <Fingerprints keys={seen.keys} />
          <Checkbox label={t('trusting.compared')} checked={compared} onChange={(event) => setCompared(event.currentTarget.checked)} />
        </div>
      )}
    </FormDialog>
  );
};

import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { RestoreView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import styles from './auth.module.css';
import { SetupCodeField } from './setup-code-field.tsx';

const KEY = ['setup', 'restore'];
const LOOK_MS = 1_000;
const WORDS = 24;

/** “I have a backup”: the code, where it lies, and the words that open it; then its progress. */
export const RestoreForm = ({ code: known, onBack }: { code: string; onBack: () => void }) => {
  const { t } = useTranslation(['auth', 'common']);
  const errorText = useErrorText();
  const [code, setCode] = useState(known);
  const [folder, setFolder] = useState('');
  const [words, setWords] = useState('');
  const state = useQuery({ queryKey: KEY, queryFn: () => api.get('/setup/restore', 'restoreView'), refetchInterval: LOOK_MS });
  const begin = useMutation({
    mutationFn: () => api.post('/setup/restore', 'restoreView', { code, folder: folder.trim(), words }),
    onSuccess: (view) => queryClient.setQueryData(KEY, view),
  });
  const view = state.data;
  if (view !== undefined && (view.state === 'running' || view.state === 'restarting' || view.state === 'ready')) return <Progress view={view} />;
  const count = words.trim().split(/\s+/).filter(Boolean).length;
  const ready = code.length === 9 && folder.trim().startsWith('/') && count === WORDS;
  const problem = begin.error === null ? (view?.error ?? null) : errorText(begin.error);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) begin.mutate();
      }}
    >
      <SetupCodeField value={code} onChange={setCode} />
      <TextInput
        label={t('auth:restore.folder')}
        description={t('auth:restore.folderHelp')}
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <Textarea
        label={t('auth:restore.words')}
        description={t('auth:restore.wordsHelp', { count })}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        minRows={4}
        autosize
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      {problem !== null && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
      <Button type="submit" loading={begin.isPending} disabled={!ready} size="md" fullWidth>
        {t('auth:restore.submit')}
      </Button>
      <Button variant="default" onClick={onBack} fullWidth>
        {t('auth:restore.back')}
      </Button>
    </form>
  );
};

const Progress = ({ view: { state, backup, doneBytes, totalBytes } }: { view: RestoreView }) => {
  const { t } = useTranslation('auth');
  const format = useFormat();
  return (
    <div role="status" style={{ display: 'grid', gap: 12 }}>
      {backup !== null && <p>{t('restore.of', { name: backup.boxName, at: format.absolute(Date.parse(backup.takenAt)), documents: backup.documents })}</p>}
      <Bar share={state === 'running' && totalBytes > 0 ? doneBytes / totalBytes : undefined} label={t('restore.running')} />
      <p className="small quiet">
        {state === 'running' && t('restore.running')}
        {state === 'running' && totalBytes > 0 && ` ${t('restore.bytes', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })}`}
        {state === 'restarting' && t('restore.restarting')}
        {state === 'ready' && t('restore.ready')}
      </p>
    </div>
  );
};

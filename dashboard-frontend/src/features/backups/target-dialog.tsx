import { NumberInput, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { BackupTargetView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { refreshBackups } from './use-backups.ts';

const BY_HAND = 'none';
const schedules = [
  { value: '0 2 * * *', name: 'nightly' },
  { value: '0 2 * * 0', name: 'weekly' },
  { value: '0 */6 * * *', name: 'sixHours' },
  { value: BY_HAND, name: 'byHand' },
] as const;
const counts = ['keepDaily', 'keepWeekly', 'keepMonthly'] as const;

/** Adds a place for backups, or changes one. */
export const TargetDialog = ({ target, onClose }: { target?: BackupTargetView; onClose: () => void }) => {
  const { t } = useTranslation(['backups', 'common']);
  const [name, setName] = useState(target?.name ?? '');
  const [folder, setFolder] = useState(target?.folder ?? '');
  const [kind, setKind] = useState<BackupTargetView['kind']>('folder');
  const [keys, setKeys] = useState({ accessKey: '', secretKey: '' });
  const [schedule, setSchedule] = useState(target === undefined ? schedules[0].value : (target.schedule ?? BY_HAND));
  const [keep, setKeep] = useState({ keepDaily: target?.keepDaily ?? 7, keepWeekly: target?.keepWeekly ?? 4, keepMonthly: target?.keepMonthly ?? 6 });
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), schedule: schedule === BY_HAND ? null : schedule, ...keep };
      return target === undefined
        ? api.post('/backups/targets', 'backupTargetView', { ...body, folder: folder.trim(), ...(kind === 's3' ? { s3: keys } : {}) })
        : api.patch(`/backups/targets/${target.id}`, 'backupTargetView', body);
    },
    onSuccess: async () => {
      await refreshBackups();
      onClose();
    },
  });
  const known = schedules.map(({ value, name: label }) => ({ value: value, label: t(`backups:schedule.${label}`) }));
  const isPlace =
    kind === 'folder' ? folder.trim().startsWith('/') : /^https?:\/\/.+\/.+/.test(folder.trim()) && keys.accessKey !== '' && keys.secretKey !== '';
  const ready = name.trim() !== '' && (target !== undefined || isPlace);
  return (
    <FormDialog
      title={t(target === undefined ? 'backups:target.add' : 'backups:target.change')}
      action={t('backups:target.save')}
      ready={ready}
      saving={save}
      onClose={onClose}
    >
      <TextInput label={t('backups:target.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus autoComplete="off" />
      {target === undefined && (
        <>
          <SegmentedControl
            aria-label={t('backups:target.kind')}
            value={kind}
            onChange={setKind}
            data={[
              { value: 'folder', label: t('backups:target.kinds.folder') },
              { value: 's3', label: t('backups:target.kinds.s3') },
            ]}
          />
          <TextInput
            label={t(kind === 'folder' ? 'backups:target.folder' : 'backups:target.address')}
            description={t(kind === 'folder' ? 'backups:target.folderHelp' : 'backups:target.addressHelp')}
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
          {kind === 's3' && (
            <>
              <TextInput
                label={t('backups:target.accessKey')}
                value={keys.accessKey}
                onChange={(event) => setKeys({ ...keys, accessKey: event.currentTarget.value })}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
              />
              <PasswordInput
                label={t('backups:target.secretKey')}
                description={t('backups:target.secretKeyHelp')}
                value={keys.secretKey}
                onChange={(event) => setKeys({ ...keys, secretKey: event.currentTarget.value })}
                autoComplete="new-password"
              />
            </>
          )}
        </>
      )}
      <Select
        label={t('backups:target.when')}
        value={schedule}
        onChange={(value) => setSchedule(value ?? BY_HAND)}
        data={known.some(({ value }) => value === schedule) ? known : [...known, { value: schedule, label: schedule }]}
      />
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(110px, 1fr))', gap: 12 }}>
        {counts.map((one) => (
          <NumberInput
            key={one}
            label={t(`backups:target.${one}`)}
            value={keep[one]}
            min={one === 'keepDaily' ? 1 : 0}
            max={400}
            onChange={(value) => setKeep({ ...keep, [one]: Number(value) || 0 })}
          />
        ))}
      </div>
    </FormDialog>
  );
};

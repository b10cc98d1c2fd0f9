import { NumberInput, Select, TextInput } from '@mantine/core';
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
  const [schedule, setSchedule] = useState(target === undefined ? schedules[0].value : (target.schedule ?? BY_HAND));
  const [keep, setKeep] = useState({ keepDaily: target?.keepDaily ?? 7, keepWeekly: target?.keepWeekly ?? 4, keepMonthly: target?.keepMonthly ?? 6 });
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), schedule: schedule === BY_HAND ? null : schedule, ...keep };
      return target === undefined
        ? api.post('/backups/targets', 'backupTargetView', { ...body, folder: folder.trim() })
        : api.patch(`/backups/targets/${target.id}`, 'backupTargetView', body);
    },
    onSuccess: async () => {
      await refreshBackups();
      onClose();
    },
  });
  const known = schedules.map(({ value, name: label }) => ({ value: value, label: t(`backups:schedule.${label}`) }));
  const ready = name.trim() !== '' && folder.trim().startsWith('/');
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
        <TextInput
          label={t('backups:target.folder')}
          description={t('backups:target.folderHelp')}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
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

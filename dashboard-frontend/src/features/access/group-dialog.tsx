import { MultiSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { GroupView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '../../components/ui/form-dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say } from '../../lib/notify.ts';

/** A group's name and who is in it; a new one without `group`. */
export const GroupDialog = ({ group, onClose }: { group: GroupView | undefined; onClose: () => void }) => {
  const { t } = useTranslation(['access', 'common']);
  const [name, setName] = useState(group?.name ?? '');
  const [memberIds, setMemberIds] = useState(group?.members.map(({ id }) => id) ?? []);
  const candidates = useQuery({ queryKey: ['access', 'candidates'], queryFn: ({ signal }) => api.get('/access/candidates', 'shareCandidates', { signal }) });
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), memberIds };
      return group === undefined ? api.post('/groups', 'groupView', body) : api.patch(`/groups/${group.id}`, 'groupView', body);
    },
    onSuccess: async (saved) => {
      await Promise.all(['groups', 'access'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
      say(t('access:groups.saved', { name: saved.name }));
      onClose();
    },
  });
  // Somebody whose account is locked is no candidate, but stays a member that can be seen.
  const people = new Map([...(group?.members ?? []), ...(candidates.data?.people ?? [])].map((person) => [person.id, person.name]));
  return (
    <FormDialog
      title={group === undefined ? t('access:groups.new') : group.name}
      action={t('access:groups.save')}
      ready={name.trim() !== ''}
      saving={save}
      onClose={onClose}
    >
      <TextInput
        label={t('access:groups.name')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        autoComplete="off"
        data-autofocus
      />
      <MultiSelect
        label={t('access:groups.members')}
        description={t('access:groups.membersHelp')}
        searchable
        value={memberIds}
        onChange={setMemberIds}
        data={[...people].map(([value, label]) => ({ value, label }))}
      />
    </FormDialog>
  );
};

import { useMutation, useQuery } from '@tanstack/react-query';
import type { BackupRunView, NewBackupRun } from '#contracts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';

const BUSY_MS = 1_000;
const RESTING_MS = 10_000;

export const isOpen = ({ state }: BackupRunView): boolean => state === 'waiting' || state === 'running';

export const useBackups = () =>
  useQuery({
    queryKey: ['backups'],
    queryFn: () => api.get('/backups', 'backupsOverview'),
    refetchInterval: ({ state }) => (state.data?.runs.some(isOpen) ? BUSY_MS : RESTING_MS),
  });

export const refreshBackups = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['backups'] });

/** Asks for a backup, a verification or a restore on trial. */
export const useRun = () =>
  useMutation({
    mutationFn: (run: NewBackupRun) => api.post('/backups/runs', 'backupRunView', run),
    onSuccess: refreshBackups,
    onError: sayError,
  });

export const useCancel = () =>
  useMutation({
    mutationFn: (id: string) => api.post(`/backups/runs/${id}/cancel`, 'backupRunView'),
    onSuccess: refreshBackups,
    onError: sayError,
  });

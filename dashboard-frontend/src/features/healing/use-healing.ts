import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { say, sayError } from '../../lib/notify.ts';

/** Something that a person asks self-healing to do, with the word that it was heard. */
export const useAsk = <Input>(ask: (input: Input) => Promise<unknown>, heard: string) =>
  useMutation({
    mutationFn: ask,
    onSuccess: () => {
      say(heard);
      return queryClient.invalidateQueries({ queryKey: ['healing'] });
    },
    onError: sayError,
  });

/** The name of a part, and words for an issue in the reader's language. */
export const useHealingWords = () => {
  const { t } = useTranslation(['healing', 'system']);
  return useMemo(
    () => ({
      part: (name: string): string => t(`system:service.${name as 'llm-queue'}`, { defaultValue: t(`healing:part.${name as 'core'}`, { defaultValue: name }) }),
      fixup: (id: string): string => t(`healing:fixup.${id.replace('.', '_') as 'service_restart'}`, { defaultValue: id }),
      /** What a repair may destroy; `given` where this release has no words for it. */
      loses: (id: string, given: string): string => t(`healing:fixupLoses.${id.replace('.', '_') as 'service_restart'}`, { defaultValue: given }),
      check: (id: string): string => t(`healing:check.${id.replace('.', '_') as 'canary'}`, { defaultValue: id }),
    }),
    [t],
  );
};

export const requestRepair = ({ issueId, fixup }: { issueId: string; fixup: string }) => api.post(`/healing/issues/${issueId}/repair`, 'repairView', { fixup });

import type { QueueJob } from '#contracts';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** Whose job it is and what kind: “mara, a question · qwen3”. What was asked is its owner's alone. */
export const useJobName = (): ((job: QueueJob) => string) => {
  const { t } = useTranslation('queue');
  return useCallback(
    ({ username, own, kind, model }) => {
      const who = own ? t('you') : (username ?? t('somebody'));
      return [`${who}, ${t(kind === 'completion' ? 'kind.completion' : 'kind.chat')}`, model].filter(Boolean).join(' · ');
    },
    [t],
  );
};

import type { Severity, Words } from '#contracts';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tone } from '../../components/ui/state-mark.tsx';

export const severityTone = { info: 'idle', warning: 'warn', critical: 'bad' } as const satisfies Record<Severity, Tone>;

/** A text of the box in the reader's language, in English where it has no other. */
export const useWords = (): ((words: Words) => string) => {
  const { i18n } = useTranslation();
  return useCallback((words) => (i18n.language === 'de' ? words.de : undefined) ?? words.en, [i18n.language]);
};

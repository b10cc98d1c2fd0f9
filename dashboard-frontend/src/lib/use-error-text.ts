import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isApiError } from './api/errors.ts';
import { useFormat } from './format/use-format.ts';

/**
 * What a failed request says to people. The box writes its messages in English, with names and numbers; for another
 * language the general sentence of the code stands in where there is one.
 */
export const useErrorText = (): ((error: unknown) => string) => {
  const { t, i18n } = useTranslation('codes');
  const format = useFormat();
  return useCallback(
    (error) => {
      if (!isApiError(error)) return error instanceof Error ? error.message : String(error);
      const own = error.code === 'network' || i18n.language !== 'en';
      if (!own) return error.message;
      return t(error.code as 'network', { defaultValue: error.message, ...bytesOf(error.details, format.bytes) });
    },
    [t, i18n.language, format],
  );
};

/** Sizes of an error's details, such as `neededBytes`, as words under `needed`. */
const bytesOf = (details: unknown, words: (bytes: number) => string): Record<string, string> =>
  typeof details !== 'object' || details === null
    ? {}
    : Object.fromEntries(
        Object.entries(details).flatMap(([name, value]) => (name.endsWith('Bytes') && typeof value === 'number' ? [[name.slice(0, -5), words(value)]] : [])),
      );

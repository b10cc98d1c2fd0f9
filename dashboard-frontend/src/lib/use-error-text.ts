import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { isApiError } from './api/errors.ts';

/**
 * What a failed request says to people. The box writes its messages in English, with names and numbers; for another
 * language the general sentence of the code stands in where there is one.
 */
export const useErrorText = (): ((error: unknown) => string) => {
  const { t, i18n } = useTranslation('codes');
  return useCallback(
    (error) => {
      if (!isApiError(error)) return error instanceof Error ? error.message : String(error);
      const own = error.code === 'network' || i18n.language !== 'en';
      return own ? t(error.code as 'network', { defaultValue: error.message }) : error.message;
    },
    [t, i18n.language],
  );
};

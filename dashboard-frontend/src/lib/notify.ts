import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { isApiError } from './api/errors.ts';

const named = () => ({ 'aria-label': i18next.t('close') });

/** Says in passing that something was done. */
export const say = (message: string): void => {
  notifications.show({ message, color: 'teal', autoClose: 4_000, closeButtonProps: named() });
};

/** Says why something was not done, with the id to report when it is the box's own fault. */
export const sayError = (error: unknown): void => {
  const known = isApiError(error) ? error : undefined;
  const why = known?.code === 'network' ? i18next.t('error.awayShort') : error instanceof Error ? error.message : String(error);
  const report = known !== undefined && known.status >= 500 && known.requestId !== undefined ? ` (${i18next.t('error.report')} ${known.requestId})` : '';
  notifications.show({ message: why + report, color: 'red', autoClose: 10_000, closeButtonProps: named() });
};

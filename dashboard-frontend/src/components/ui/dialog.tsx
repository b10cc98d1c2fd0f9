import { Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** A dialog that is open for as long as it is there. */
export const Dialog = (props: Omit<ModalProps, 'opened'>) => {
  const { t } = useTranslation();
  return <Modal opened closeButtonProps={{ 'aria-label': t('close') }} {...props} />;
};

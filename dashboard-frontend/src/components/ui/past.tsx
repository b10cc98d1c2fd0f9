import { Button } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './past.module.css';

/** Says, so that nobody can miss it, that one looks at what was said on a day that is over; and leads back. */
export const Past = ({ children, onNow }: { children: React.ReactNode; onNow?: () => void }) => {
  const { t } = useTranslation('common');
  return (
    <div className={styles.past} role="status">
      <IconHistory size={16} aria-hidden="true" />
      <span>{children}</span>
      {onNow && (
        <Button size="compact-xs" variant="default" onClick={onNow}>
          {t('backToNow')}
        </Button>
      )}
    </div>
  );
};

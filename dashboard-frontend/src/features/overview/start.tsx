import type { SystemOverview } from '#contracts';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../components/ui/states.tsx';
import styles from './overview.module.css';

/** A box without a document says what it is for and how to begin. */
export const Start = ({ counts }: { counts: SystemOverview['counts'] }) => {
  const { t } = useTranslation('overview');
  if (Object.values(counts.documents).some((count) => count > 0)) return null;
  return (
    <div className={styles.start}>
      <Empty
        title={t('start.title')}
        action={
          <Button component={Link} to="/documents">
            {t('start.action')}
          </Button>
        }
      >
        {t('start.text')}
      </Empty>
    </div>
  );
};

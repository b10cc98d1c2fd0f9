import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import styles from './queue.module.css';

/** Says what a pause does, and takes the reason that those who wait will read. */
export const PauseDialog = ({ busy, onPause, onClose }: { busy: boolean; onPause: (reason: string) => void; onClose: () => void }) => {
  const { t } = useTranslation(['queue', 'common']);
  const [reason, setReason] = useState('');
  return (
    <Dialog title={t('queue:pauseTitle')} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => (event.preventDefault(), onPause(reason))}>
        <p className="quiet">{t('queue:pauseText')}</p>
        <TextInput label={t('queue:pauseReason')} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('queue:pause')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};

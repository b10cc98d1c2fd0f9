import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/ui/dialog.tsx';
import { api } from '../../lib/api/client.ts';
import { useErrorText } from '../../lib/use-error-text.ts';
import { QrCode } from '../account/qr-code.tsx';
import { refreshBackups } from './use-backups.ts';
import styles from './backups.module.css';

/** Makes a recovery key and shows its words this once. */
export const RecoveryKey = ({ hasOne, onClose }: { hasOne: boolean; onClose: () => void }) => {
  const { t } = useTranslation(['backups', 'common']);
  const errorText = useErrorText();
  const make = useMutation({ mutationFn: () => api.post('/backups/recovery-key', 'recoveryWords'), onSuccess: refreshBackups });
  const words = make.data?.words;
  return (
    <Dialog onClose={onClose} title={t('backups:key.title')} closeOnClickOutside={words === undefined} size="lg">
      {words === undefined ? (
        <>
          <p>{t('backups:key.about')}</p>
          {hasOne && <p className="quiet">{t('backups:key.again')}</p>}
          {make.error !== null && (
            <p role="alert" style={{ color: 'var(--bad)' }}>
              {errorText(make.error)}
            </p>
          )}
          <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, marginTop: 20 }}>
            <Button variant="default" onClick={onClose}>
              {t('common:cancel')}
            </Button>
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {t('backups:key.make')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>{t('backups:key.once')}</p>
          <ol className={styles.words} aria-label={t('backups:key.words')}>
            {words.split(' ').map((word, at) => (
              <li key={at} className="num">
                {word}
              </li>
            ))}
          </ol>
          <QrCode text={words} label={t('backups:key.qr')} />
          <div style={{ display: 'flex', justifyContent: 'flex-end', marginTop: 20 }}>
            <Button onClick={onClose}>{t('backups:key.written')}</Button>
          </div>
        </>
      )}
    </Dialog>
  );
};

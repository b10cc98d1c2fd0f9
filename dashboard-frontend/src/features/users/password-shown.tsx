import { Button } from '@mantine/core';
import { Dialog } from '../../components/ui/dialog.tsx';
import { useTranslation } from 'react-i18next';
import { SecretOnce } from '../../components/ui/secret-once.tsx';

/** The first password of an account, shown this once. */
export const PasswordShown = ({ username, password, onClose }: { username: string; password: string; onClose: () => void }) => {
  const { t } = useTranslation(['users', 'common']);
  return (
    <Dialog onClose={onClose} title={t('users:passwordOf', { name: username })} closeOnClickOutside={false}>
      <SecretOnce secret={password}>{t('users:passwordOnce')}</SecretOnce>
      <div style={{ display: 'flex', justifyContent: 'flex-end', marginTop: 20 }}>
        <Button onClick={onClose}>{t('common:done')}</Button>
      </div>
    </Dialog>
  );
};

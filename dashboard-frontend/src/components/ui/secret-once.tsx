import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button.tsx';
import styles from './secret-once.module.css';

/** A secret that is shown this once. */
export const SecretOnce = ({ secret, children }: { secret: string; children: React.ReactNode }) => {
  const { t } = useTranslation();
  return (
    <div className={styles.frame}>
      <p>{children}</p>
      <div className={styles.secret}>
        <code>{secret}</code>
        <CopyButton text={secret} label={t('copy')} />
      </div>
    </div>
  );
};

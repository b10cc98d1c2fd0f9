import { useTranslation } from 'react-i18next';
import { Appearance } from '../../app/shell/account-menu.tsx';
import { Logo } from '../../app/shell/logo.tsx';
import { useTitle } from '../../components/ui/page.tsx';
import { useBoxName } from '../../lib/api/queries.ts';
import styles from './auth.module.css';

/** The frame of the two pages before one is signed in. */
export const AuthFrame = ({ title, sentence, children }: { title: string; sentence: React.ReactNode; children: React.ReactNode }) => {
  const { t } = useTranslation('auth');
  useTitle(title);
  const box = useBoxName();
  return (
    <div className={styles.frame}>
      <main className={styles.sheet}>
        <div className={styles.brand}>
          <Logo size={32} />
          <span className="clip">{box}</span>
        </div>
        <h1>{title}</h1>
        <div className={styles.sentence}>{sentence}</div>
        {children}
      </main>
      <footer className={styles.foot} aria-label={t('appearance')}>
        <Appearance />
      </footer>
    </div>
  );
};

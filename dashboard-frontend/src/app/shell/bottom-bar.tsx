import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AccountMenu } from './account-menu.tsx';
import styles from './bottom-bar.module.css';
import { places } from './places.ts';

/** The rail of a phone, within reach of a thumb. */
export const BottomBar = ({ onSearch }: { onSearch: () => void }) => {
  const { t } = useTranslation();
  return (
    <nav className={styles.bar} aria-label={t('rail.label')}>
      {places.map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} className={styles.place} activeOptions={{ exact: to === '/' }}>
          <Icon size={22} stroke={1.6} />
          <span>{t(`places.${name}`)}</span>
        </Link>
      ))}
      <button type="button" className={styles.place} onClick={onSearch}>
        <IconSearch size={22} stroke={1.6} />
        <span>{t('search')}</span>
      </button>
      <div className={styles.account}>
        <AccountMenu wide={false} />
      </div>
    </nav>
  );
};

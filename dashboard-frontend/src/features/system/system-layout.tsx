import { Link, Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../lib/api/queries.ts';
import styles from './system.module.css';

const tabs = [
  { to: '/system', name: 'services', admin: false },
  { to: '/system/models', name: 'models', admin: true },
  { to: '/system/users', name: 'users', admin: true },
  { to: '/system/activity', name: 'activity', admin: true },
  { to: '/system/settings', name: 'settings', admin: true },
] as const;

/** The pages about the box itself; those for admins are not offered to others. */
export const SystemLayout = () => {
  const { t } = useTranslation('common');
  const admin = useMay('admin');
  return (
    <>
      <nav className={styles.tabs} aria-label={t('places.system')}>
        {tabs
          .filter((tab) => admin || !tab.admin)
          .map(({ to, name }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === '/system', includeSearch: false }} className={styles.tab}>
              {t(`places.${name}`)}
            </Link>
          ))}
      </nav>
      <Outlet />
    </>
  );
};

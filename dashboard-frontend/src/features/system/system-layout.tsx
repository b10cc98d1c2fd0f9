import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../components/ui/states.tsx';
import { useMay } from '../../lib/api/queries.ts';
import styles from './system.module.css';

const tabs = [
  { to: '/system', name: 'services', admin: false },
  { to: '/system/alerts', name: 'alerts', admin: false },
  { to: '/system/queue', name: 'queue', admin: false },
  { to: '/system/health', name: 'health', admin: false },
  { to: '/system/repairs', name: 'repairs', admin: false },
  { to: '/system/drill', name: 'drill', admin: false },
  { to: '/system/models', name: 'models', admin: true },
  { to: '/system/quality', name: 'quality', admin: true },
  { to: '/system/search-test', name: 'searchTest', admin: true },
  { to: '/system/fairness', name: 'fairness', admin: true },
  { to: '/system/estimates', name: 'estimates', admin: true },
  { to: '/system/users', name: 'users', admin: true },
  { to: '/system/updates', name: 'updates', admin: true },
  { to: '/system/activity', name: 'activity', admin: true },
  { to: '/system/settings', name: 'settings', admin: true },
] as const;

/** The pages about the box itself; those for admins are not offered to others. */
export const SystemLayout = () => {
  const { t } = useTranslation('common');
  const admin = useMay('admin');
  const path = useRouterState({ select: (state) => state.location.pathname });
  const open = admin || tabs.some((tab) => !tab.admin && tab.to === path.replace(/\/$/, ''));
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
      {open ? (
        <Outlet />
      ) : (
        <Empty as="h1" title={t('error.forbidden')}>
          {t('error.forbiddenTodo')}
        </Empty>
      )}
    </>
  );
};

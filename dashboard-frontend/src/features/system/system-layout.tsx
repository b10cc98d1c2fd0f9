import { Outlet, useRouterState } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SectionTabs } from '../../components/ui/section-tabs.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { useMay } from '../../lib/api/queries.ts';

const groups = [
  {
    name: 'status',
    pages: [
      { to: '/system', name: 'services', admin: false },
      { to: '/system/health', name: 'health', admin: false },
      { to: '/system/repairs', name: 'repairs', admin: false },
      { to: '/system/drill', name: 'drill', admin: false },
    ],
  },
  {
    name: 'line',
    pages: [
      { to: '/system/queue', name: 'queue', admin: false },
      { to: '/system/fairness', name: 'fairness', admin: true },
      { to: '/system/estimates', name: 'estimates', admin: true },
    ],
  },
  {
    name: 'answers',
    pages: [
      { to: '/system/models', name: 'models', admin: true },
      { to: '/system/quality', name: 'quality', admin: true },
      { to: '/system/search-test', name: 'searchTest', admin: true },
    ],
  },
  {
    name: 'administration',
    pages: [
      { to: '/system/settings', name: 'settings', admin: true },
      { to: '/system/users', name: 'users', admin: true },
      { to: '/system/groups', name: 'groups', admin: true },
      { to: '/system/access', name: 'access', admin: true },
      { to: '/system/updates', name: 'updates', admin: true },
      { to: '/system/backups', name: 'backups', admin: true },
      { to: '/system/activity', name: 'activity', admin: true },
    ],
  },
] as const;

/** The pages about the box itself; those for admins are not offered to others. */
export const SystemLayout = () => {
  const { t } = useTranslation('common');
  const admin = useMay('admin');
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/(.)\/$/, '$1') });
  const allowed = groups.map((group) => ({ ...group, pages: group.pages.filter((page) => admin || !page.admin) }));
  const open = admin || allowed.some(({ pages }) => pages.some(({ to }) => to === path));
  return (
    <>
      <SectionTabs
        label={t('places.system')}
        root="/system"
        groups={allowed.map(({ name, pages }) => ({
          label: t(`groups.${name}`),
          pages: pages.map((page) => ({ to: page.to, label: t(`places.${page.name}`) })),
        }))}
      />
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

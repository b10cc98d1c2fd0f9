import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SectionTabs } from '../../components/ui/section-tabs.tsx';
import { useMay } from '../../lib/api/queries.ts';

/** The pages about what is wrong, what is watched, and who is told. */
export const AlertsLayout = () => {
  const { t } = useTranslation('common');
  const admin = useMay('admin');
  return (
    <>
      <SectionTabs
        label={t('places.alerts')}
        root="/alerts"
        groups={[
          {
            label: t('places.alerts'),
            pages: [
              { to: '/alerts', label: t('places.incidents') },
              ...(admin
                ? ([
                    { to: '/alerts/rules', label: t('places.rules') },
                    { to: '/alerts/thresholds', label: t('places.thresholds') },
                    { to: '/alerts/silences', label: t('places.silences') },
                  ] as const)
                : []),
              { to: '/alerts/people', label: t('places.people') },
            ],
          },
        ]}
      />
      <Outlet />
    </>
  );
};

import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SectionTabs } from '../../components/ui/section-tabs.tsx';

/** The pages about what is wrong, and who is told. */
export const AlertsLayout = () => {
  const { t } = useTranslation('common');
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
              { to: '/alerts/people', label: t('places.people') },
            ],
          },
        ]}
      />
      <Outlet />
    </>
  );
};

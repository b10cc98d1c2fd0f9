import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { queryClient } from '../lib/api/queries.ts';
import { colorSchemeManager, cssVariablesResolver, theme } from './theme.ts';

/** The place of overlays stands outside React's root; it is named in the language of the page. */
const useNamedOverlays = (): void => {
  const { t } = useTranslation();
  useEffect(() => document.getElementById('overlays')?.setAttribute('aria-label', t('overlays')));
};

export const Providers = ({ children }: { children: React.ReactNode }) => {
  useNamedOverlays();
  return (
    <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto" cssVariablesResolver={cssVariablesResolver}>
      <QueryClientProvider client={queryClient}>
        <Notifications position="top-center" limit={4} containerWidth={460} transitionDuration={120} />
        {children}
      </QueryClientProvider>
    </MantineProvider>
  );
};

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { queryClient } from '../lib/api/queries.ts';
import { colorSchemeManager, cssVariablesResolver, theme } from './theme.ts';

export const Providers = ({ children }: { children: React.ReactNode }) => (
  <MantineProvider theme={theme} colorSchemeManager={colorSchemeManager} defaultColorScheme="auto" cssVariablesResolver={cssVariablesResolver}>
    <QueryClientProvider client={queryClient}>
      <Notifications position="bottom-center" limit={4} containerWidth={460} transitionDuration={120} />
      {children}
    </QueryClientProvider>
  </MantineProvider>
);

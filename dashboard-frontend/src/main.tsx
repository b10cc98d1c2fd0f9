import './app/tokens.css';
import './app/mantine.css';
import '@fontsource-variable/inter/wght.css';
import './app/global.css';
import './app/mantine-overrides.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Providers } from './app/providers.tsx';
import { startLanguage } from './i18n/i18n.ts';
import { keepKnocking, queryClient } from './lib/api/queries.ts';
import { router } from './routes/router.tsx';

keepKnocking(queryClient);
await startLanguage();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);

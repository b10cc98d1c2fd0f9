import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { pdfjsAssets } from './build/pdfjs-assets.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `vite build --config dashboard-frontend/vite.config.ts` writes the dashboard to dist/public; `vite dev` talks to a running box. */
export default defineConfig({
  root: here('.'),
  plugins: [react(), pdfjsAssets()],
  build: {
    outDir: here('../dist/public'),
    emptyOutDir: true,
    target: 'es2022',
    // Inlined data: URLs would need a wider content security policy; every asset is a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What every page needs comes as one file: forty small ones would each cost a round trip.
        codeSplitting: {
          groups: [
            {
              name: 'frame',
              test: /node_modules[\\/](?:react|react-dom|scheduler|@tanstack|i18next|react-i18next|@mantine[\\/](?:hooks|store|notifications)|@floating-ui)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://localhost:8080', '/health': 'http://localhost:8080', '/v1': 'http://localhost:8080' } },
});

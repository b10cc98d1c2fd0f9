import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,services,scripts}/**/*.test.ts', 'dashboard-frontend/src/**/*.test.{ts,tsx}', 'test/{integration,contract,chaos,e2e}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // Real processes on a busy machine lose a race now and then. The report names a test that needed its second try; two failures are a failure.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});

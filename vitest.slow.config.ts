import { defineConfig } from 'vitest/config';

/** What takes minutes to hours: kills by the hundred, simulations of hours. Figures go to standard output and, by hand, into docs. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
});

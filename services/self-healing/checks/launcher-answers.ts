import { defineCheck } from '../types.ts';

/** The launcher heals the others; whether it lives itself is looked at from here. */
export const launcherAnswers = defineCheck({
  id: 'launcher.answers',
  everyMs: 10_000,
  after: 3,
  timeoutMs: 8_000,
  async look({ control }) {
    if (!control) return { skipped: 'No supervisor: the service runs by itself.' };
    try {
      await control.ping();
      return [];
    } catch {
      return [
        {
          subject: 'launcher',
          severity: 'CRITICAL' as const,
          description: 'The launcher does not answer. Nothing that ends now is started again.',
          evidence: {},
        },
      ];
    }
  },
});

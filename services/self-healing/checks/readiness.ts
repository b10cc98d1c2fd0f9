import { defineCheck } from '../types.ts';

const PATIENCE_MS = 5_000;

/** A real request over the real listener, as a browser sends it: a process that runs may still not serve. */
export const readiness = defineCheck({
  id: 'readiness.request',
  everyMs: 10_000,
  after: 3,
  async look({ url }, signal) {
    const began = performance.now();
    const wrong = (description: string, status: number | null) => [
      { subject: 'dashboard-backend', severity: 'CRITICAL' as const, description, evidence: { status, tookMs: Math.round(performance.now() - began) } },
    ];
    try {
      const answer = await fetch(`${url}/api/v1/setup`, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
      await answer.arrayBuffer();
      return answer.ok ? [] : wrong(`The dashboard answers a plain request with ${answer.status}.`, answer.status);
    } catch {
      signal.throwIfAborted();
      return wrong(`The dashboard does not answer a plain request within ${PATIENCE_MS / 1000} s.`, null);
    }
  },
});

import type { TrialCheck } from '#contracts';
import { errorText } from '#kit';

/** One thing that a new release must show. Resolves with what was seen; throws with what is wrong, in a sentence. */
export interface TrialGate {
  name: string;
  run(signal: AbortSignal): Promise<string>;
}

export interface TrialReport {
  updateId: string;
  verdict: 'running' | 'good' | 'bad';
  checks: TrialCheck[];
  check?: string;
  reason?: string;
}

const DETAIL_CHARACTERS = 1_000;

interface TrialOptions {
  updateId: string;
  signal: AbortSignal;
  /** For all gates together: less than the bootstrap's patience, so that the gate that took too long is named. */
  limitMs: number;
  report: (trial: TrialReport) => Promise<void>;
}

/** Runs the gates one after another, and reports each; ends with the first that fails. The bootstrap reads the report and decides. */
export const runTrial = async (gates: readonly TrialGate[], { updateId, signal, limitMs, report }: TrialOptions): Promise<void> => {
  const checks: TrialCheck[] = [];
  const limit = AbortSignal.timeout(limitMs);
  await report({ updateId, verdict: 'running', checks });
  for (const gate of gates) {
    const began = performance.now();
    const check = await gate.run(AbortSignal.any([signal, limit])).then(
      (detail) => ({ ok: true, detail }),
      (error: unknown) => ({
        ok: false,
        detail: limit.aborted ? `It was not done when the trial's ${Math.round(limitMs / 1000)} s were over.` : errorText(error),
      }),
    );
    if (signal.aborted) return; // a stop is no verdict
    checks.push({ name: gate.name, ok: check.ok, detail: check.detail.slice(0, DETAIL_CHARACTERS), tookMs: Math.round(performance.now() - began) });
    if (!check.ok) return report({ updateId, verdict: 'bad', checks, check: gate.name, reason: check.detail });
    await report({ updateId, verdict: 'running', checks });
  }
  await report({ updateId, verdict: 'good', checks });
};

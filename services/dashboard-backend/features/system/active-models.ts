import type { SystemOverview } from '#contracts';
import type { ModelRuntime } from '#clients';
import type { Clock } from '#kit';

/** People look at the overview every few seconds; the runtime need not be asked each time. */
const KEPT_MS = 5_000;
/** A runtime that loads a model answers late; the overview does not wait for it. */
const PATIENCE_MS = 800;

interface Needs {
  runtime: Pick<ModelRuntime, 'models'>;
  clock: Clock;
}

/** Which models answer and embed now, as the runtime says; state `away` with the last known ones when it does not. */
export const createActiveModels = ({ runtime, clock }: Needs): (() => Promise<SystemOverview['model']>) => {
  let known: SystemOverview['model'] = { chat: null, embed: null, state: 'away' };
  let askedAt = -Infinity;
  let asking: Promise<SystemOverview['model']> | undefined;

  const ask = async (): Promise<SystemOverview['model']> => {
    try {
      const models = await runtime.models({ signal: AbortSignal.timeout(PATIENCE_MS) });
      const activeFor = (purpose: 'chat' | 'embed') => models.find((model) => model.purpose === purpose && model.active !== false)?.id ?? null;
      const loaded = models.some((model) => model.purpose === 'chat' && model.loaded === true);
      // An external runtime does not say what its models are for; the first one answers.
      const chat = activeFor('chat') ?? models.find((model) => model.purpose === null)?.id ?? null;
      known = { chat, embed: activeFor('embed'), state: chat === null ? 'none' : loaded ? 'loaded' : 'ready' };
    } catch {
      known = { ...known, state: 'away' };
    }
    askedAt = clock.now();
    return known;
  };

  return () => (Math.abs(clock.now() - askedAt) < KEPT_MS ? Promise.resolve(known) : (asking ??= ask().finally(() => (asking = undefined))));
};

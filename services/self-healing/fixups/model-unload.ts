import { z } from 'zod';
import { AppError } from '#kit';
import { defineFixup } from '../types.ts';

const PATIENCE_MS = 20_000;
const health = z.object({ loaded: z.array(z.object({ id: z.string() })) });

/** Takes every model out of memory that is not at work; the next question loads its own again. */
export const modelUnload = defineFixup({
  id: 'model.unload',
  proofMs: 180_000,
  canary: false,
  async apply({ runtimeTarget }, _target, signal) {
    const { url, token, dialect } = runtimeTarget();
    if (dialect !== 'arasul') throw new AppError('conflict', { message: 'The model runtime in use is not ours; unload its model there.' });
    const call = (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${token ?? ''}`, 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
    const { loaded } = health.parse(await (await call('GET', '/health')).json());
    const done: string[] = [];
    for (const { id } of loaded) if ((await call('POST', '/internal/unload', { model: id })).ok) done.push(id);
    if (loaded.length > 0 && done.length === 0)
      throw new AppError('model_busy', { message: 'The model is at work and could not be taken out of memory.', retryAfterMs: 10_000 });
    return done.length === 0 ? 'No model was in memory.' : `${done.join(', ')} left the memory.`;
  },
});

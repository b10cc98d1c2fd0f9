import { z } from 'zod';
import type { RuntimeTarget } from './target.ts';

export interface RuntimeHealth {
  /** `loading`: it answers, but has no model in memory yet. */
  state: 'ready' | 'loading' | 'away';
  /** `cpu`, `cuda`, `vulkan` or `metal`; null when it does not say. */
  device: string | null;
  /** Ids of the models in memory, as far as it says. */
  loaded: string[];
}

const ASK_TIMEOUT_MS = 1_500;
const own = z.object({ device: z.string().nullable(), loaded: z.array(z.object({ id: z.string() })) });
const others = z.object({ data: z.array(z.object({ id: z.string() })) });

/** How a runtime is, in one quick question; never throws. */
export const readRuntimeHealth = async ({ url, token, dialect }: RuntimeTarget): Promise<RuntimeHealth> => {
  try {
    const response = await fetch(`${url}${dialect === 'arasul' ? '/health' : '/v1/models'}`, {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    if (dialect === 'openai') return { state: 'ready', device: null, loaded: others.parse(body).data.map(({ id }) => id) };
    const { device, loaded } = own.parse(body);
    return { state: loaded.length > 0 ? 'ready' : 'loading', device, loaded: loaded.map(({ id }) => id) };
  } catch {
    return { state: 'away', device: null, loaded: [] };
  }
};

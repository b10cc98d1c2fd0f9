import { z } from 'zod';
import type { ChatTimings, ChatUsage } from './port.ts';

/** Ours, and the names that llama.cpp's server gives to the same. */
const timingsOnWire = z.union([
  z.object({ promptTokens: z.number(), cachedTokens: z.number().default(0), prefillMs: z.number(), decodeMs: z.number(), tokensPerSecond: z.number() }),
  z
    .object({ prompt_n: z.number(), cache_n: z.number().default(0), prompt_ms: z.number(), predicted_ms: z.number(), predicted_per_second: z.number() })
    .transform((given) => ({
      promptTokens: given.prompt_n + given.cache_n,
      cachedTokens: given.cache_n,
      prefillMs: given.prompt_ms,
      decodeMs: given.predicted_ms,
      tokensPerSecond: given.predicted_per_second,
    })),
]);

/** A stopwatch for a runtime that tells no timings: the first delta ends the prefill. */
export const startStopwatch = () => {
  const began = performance.now();
  let first: number | undefined;
  return {
    onDelta: () => void (first ??= performance.now()),
    /** The runtime's own timings when it gave any, else what was seen from here. */
    timings: (given: unknown, usage: ChatUsage): ChatTimings => {
      const told = timingsOnWire.safeParse(given);
      if (told.success) return told.data;
      const prefillMs = (first ?? performance.now()) - began;
      const decodeMs = performance.now() - began - prefillMs;
      return {
        promptTokens: usage.promptTokens,
        cachedTokens: 0,
        prefillMs,
        decodeMs,
        tokensPerSecond: decodeMs > 0 ? (usage.completionTokens / decodeMs) * 1000 : 0,
      };
    },
  };
};

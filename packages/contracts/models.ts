import { z } from 'zod';
import { instant } from './common.ts';

export const modelPurposes = ['chat', 'embed', 'rerank'] as const;
export const modelStates = ['available', 'queued', 'downloading', 'verifying', 'ready', 'failed'] as const;

export const modelView = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.enum(modelPurposes),
  sizeBytes: z.number(),
  memoryBytes: z.number(),
  contextTokens: z.number().int(),
  languages: z.array(z.string()),
  licence: z.string(),
  description: z.string(),
  state: z.enum(modelStates),
  active: z.boolean(),
  recommended: z.boolean(),
  /** Whether it fits this machine; `reason` says why not, with the numbers. */
  fits: z.boolean(),
  reason: z.string().nullable(),
  /** Whether it can be loaded into the memory that is there now, of a chat model that is on this machine; null where nobody looked. */
  memory: z
    .object({ verdict: z.enum(['loaded', 'fits', 'switch', 'taken', 'never']), message: z.string(), neededBytes: z.number(), contextBytes: z.number() })
    .nullable(),
  source: z.string().nullable(),
  download: z.object({ doneBytes: z.number(), totalBytes: z.number(), bytesPerSecond: z.number().nullable(), etaMs: z.number().nullable() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  updatedAt: instant.nullable(),
});
export type ModelView = z.infer<typeof modelView>;

export const runtimeView = z.object({
  kind: z.enum(['embedded', 'external']),
  url: z.string().nullable(),
  state: z.enum(['ready', 'loading', 'away']),
  device: z.string().nullable(),
  loaded: z.array(z.string()),
});
const memoryPool = z.object({ totalBytes: z.number(), availableBytes: z.number() });
export const memoryView = z.object({
  ram: memoryPool,
  gpu: memoryPool.nullable(),
  /** The accelerator takes what it needs from the system's memory. */
  isUnified: z.boolean(),
  /** Other programs with models, the largest first. An orphan's starter is gone. */
  holders: z.array(z.object({ pid: z.number().int(), name: z.string(), bytes: z.number(), isOrphan: z.boolean() })),
});
export type MemoryView = z.infer<typeof memoryView>;
export const modelsAnswer = z.object({
  items: z.array(modelView),
  nextCursor: z.null(),
  runtime: runtimeView,
  /** The memory where models run; null where nobody looked. */
  memory: memoryView.nullable(),
  /** Runtimes seen on this machine that could be used instead. */
  found: z.array(z.object({ kind: z.string(), url: z.string(), models: z.array(z.string()) })),
});
export type ModelsAnswer = z.infer<typeof modelsAnswer>;

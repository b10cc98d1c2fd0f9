import { z } from 'zod';
import { instant } from './common.ts';

export const metricNames = ['cpu', 'ram', 'gpu', 'temperature', 'disk'] as const;
export const metricName = z.enum(metricNames);
export type MetricName = z.infer<typeof metricName>;

export const seriesQuery = z.object({
  metric: metricName,
  from: instant,
  to: instant.optional(),
  points: z.coerce.number().int().min(10).max(1000).default(600),
});

/** One bucket of a chart; the three values are null where nothing was measured (a gap is a gap). */
export const seriesPoint = z.object({
  t: instant,
  min: z.number().nullable(),
  mean: z.number().nullable(),
  max: z.number().nullable(),
});
export const seriesAnswer = z.object({
  metric: metricName,
  unit: z.string(),
  resolutionMs: z.number().int(),
  series: z.array(z.object({ name: z.string(), points: z.array(seriesPoint) })),
});
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

/** A reading, or the plain word that the machine has no such sensor. */
const reading = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), at: instant, ...shape }),
    z.object({ state: z.literal('no_sensor') }),
    z.object({ state: z.literal('no_data') }),
  ]);

export const serviceState = z.object({
  name: z.string(),
  state: z.enum(['starting', 'ready', 'restarting', 'failed', 'stopped']),
  pid: z.number().int().nullable(),
  since: instant,
  restarts: z.number().int(),
  lastError: z.string().nullable(),
});
export type ServiceState = z.infer<typeof serviceState>;

export const systemProblem = z.object({
  code: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const systemOverview = z.object({
  at: instant,
  version: z.string(),
  uptimeMs: z.number(),
  host: z.object({
    name: z.string(),
    os: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    gpus: z.array(z.string()),
    addresses: z.array(z.string()),
  }),
  now: z.object({
    cpu: reading({ percent: z.number() }),
    ram: reading({ percent: z.number(), usedBytes: z.number(), totalBytes: z.number() }),
    gpu: reading({ devices: z.array(z.object({ name: z.string(), percent: z.number(), memoryUsedBytes: z.number().nullable(), memoryTotalBytes: z.number().nullable() })) }),
    temperature: reading({ sensors: z.array(z.object({ name: z.string(), celsius: z.number() })) }),
    disk: reading({ mounts: z.array(z.object({ name: z.string(), usedBytes: z.number(), freeBytes: z.number(), percent: z.number() })) }),
  }),
  services: z.array(serviceState),
  problems: z.array(systemProblem),
  counts: z.object({
    documents: z.object({ pending: z.number(), indexing: z.number(), indexed: z.number(), failed: z.number() }),
    passages: z.number(),
    jobs: z.object({ pending: z.number(), processing: z.number() }),
    users: z.number(),
    conversations: z.number(),
  }),
  model: z.object({ chat: z.string().nullable(), embed: z.string().nullable(), state: z.string() }),
});
export type SystemOverview = z.infer<typeof systemOverview>;

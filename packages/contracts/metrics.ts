import { z } from 'zod';
import { instant } from './common.ts';

/** What can be drawn over time. `network` and `process` are the machine's links and the product's own processes. */
export const metricNames = ['cpu', 'ram', 'gpu', 'temperature', 'disk', 'network', 'process'] as const;
export const metricName = z.enum(metricNames);
export type MetricName = z.infer<typeof metricName>;

/** Unit of each metric's values, as charts and answers name it. */
export const metricUnits = { cpu: '%', ram: '%', gpu: '%', temperature: '°C', disk: '%', network: 'B/s', process: 'B' } as const satisfies Record<
  MetricName,
  string
>;

export const seriesQuery = z.object({
  metric: metricName,
  from: instant,
  /** Now, when it is left out. */
  to: instant.optional(),
  /** Points per series at most. */
  points: z.coerce.number().int().min(10).max(1000).default(600),
});
export type SeriesQuery = z.infer<typeof seriesQuery>;

/**
 * One bucket of a chart, `t` its beginning. The three values are null together, once in each gap, so that a line breaks
 * where nothing was measured.
 */
export const seriesPoint = z.object({
  t: instant,
  min: z.number().nullable(),
  mean: z.number().nullable(),
  max: z.number().nullable(),
});
export type SeriesPoint = z.infer<typeof seriesPoint>;

export const seriesAnswer = z.object({
  metric: metricName,
  unit: z.string(),
  from: instant,
  to: instant,
  /** Width of a bucket. */
  resolutionMs: z.number().int(),
  /** One for each device, sensor, mount, link direction or process. Empty: nothing was measured in this span. */
  series: z.array(
    z.object({
      name: z.string(),
      points: z.array(seriesPoint),
      gaps: z.array(z.object({ from: instant, to: instant })),
    }),
  ),
});
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

/** What the machine is, as the collector found it: the one row of `metrics_host`. */
export const hostFacts = z.object({
  name: z.string(),
  /** The box itself, such as "NVIDIA Jetson AGX Orin"; null where the machine does not say. */
  model: z.string().nullable(),
  os: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  /** `device` is the name of its series; `memoryBytes` is null where it shares the machine's. */
  gpus: z.array(z.object({ device: z.string(), name: z.string(), memoryBytes: z.number().nullable() })),
  /** The metrics that this machine has a sensor for. */
  sensors: z.array(metricName),
  bootedAt: instant,
});
export type HostFacts = z.infer<typeof hostFacts>;

/** A reading; or that the machine has no such sensor; or that it has one which tells nothing just now. */
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

/** What is wrong, for the sentence on top of the overview: the code picks the words, `params` fill them. */
export const systemProblem = z.object({
  code: z.enum(['metrics.away', 'cpu.high', 'ram.high', 'gpu.high', 'temperature.high', 'disk.high', 'service.down', 'documents.failed', 'model.none']),
  severity: z.enum(['info', 'warning', 'critical']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type SystemProblem = z.infer<typeof systemProblem>;

export const systemOverview = z.object({
  at: instant,
  /** What its owner calls this box. */
  boxName: z.string(),
  version: z.string(),
  /** Of the product, not of the machine. */
  uptimeMs: z.number(),
  host: z.object({
    name: z.string(),
    /** The box itself, such as "NVIDIA Jetson AGX Orin"; null where the machine does not say. */
    model: z.string().nullable(),
    os: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    gpus: z.array(z.string()),
    addresses: z.array(z.string()),
    /** When the machine was started. */
    bootedAt: instant.nullable(),
  }),
  /** Age of the newest sample, null before the first one. */
  sampleAgeMs: z.number().nullable(),
  now: z.object({
    cpu: reading({ percent: z.number() }),
    ram: reading({ percent: z.number(), usedBytes: z.number(), totalBytes: z.number() }),
    gpu: reading({
      devices: z.array(
        z.object({
          name: z.string(),
          percent: z.number(),
          memoryUsedBytes: z.number().nullable(),
          memoryTotalBytes: z.number().nullable(),
          powerWatts: z.number().nullable(),
        }),
      ),
    }),
    temperature: reading({ sensors: z.array(z.object({ name: z.string(), celsius: z.number() })) }),
    disk: reading({ mounts: z.array(z.object({ name: z.string(), usedBytes: z.number(), freeBytes: z.number(), percent: z.number() })) }),
    network: reading({ links: z.array(z.object({ name: z.string(), receivedPerS: z.number(), sentPerS: z.number() })) }),
    process: reading({ processes: z.array(z.object({ name: z.string(), rssBytes: z.number(), cpuPercent: z.number() })) }),
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

import { z } from 'zod';
import { strictly } from './strict-object.ts';

const percent = z.number().min(1).max(100);
const celsius = z.number().min(1).max(150);

/** `telegram_config.alert_thresholds`, key by key. A value counts from the threshold on (>=). */
const shape = {
  cpu_warning: percent,
  cpu_critical: percent,
  ram_warning: percent,
  ram_critical: percent,
  disk_warning: percent,
  disk_critical: percent,
  gpu_warning: percent,
  gpu_critical: percent,
  temperature_warning: celsius,
  temperature_critical: celsius,
  /** Whether Telegram is told of warnings; the dashboard always shows them. */
  notify_on_warning: z.boolean(),
  notify_on_critical: z.boolean(),
  notify_on_service_down: z.boolean(),
  notify_on_self_healing: z.boolean(),
  /** Least time between two alerts of the same cause and severity. */
  cooldown_minutes: z.number().int().min(0).max(10_080),
};

export const thresholdMetrics = ['cpu', 'ram', 'disk', 'gpu', 'temperature'] as const;
export type ThresholdMetric = (typeof thresholdMetrics)[number];

export const alertThresholds = z.object(shape);
export type AlertThresholds = z.infer<typeof alertThresholds>;

export const defaultThresholds: AlertThresholds = {
  cpu_warning: 80,
  cpu_critical: 95,
  ram_warning: 80,
  ram_critical: 95,
  disk_warning: 80,
  disk_critical: 95,
  gpu_warning: 85,
  gpu_critical: 95,
  temperature_warning: 75,
  temperature_critical: 85,
  notify_on_warning: false,
  notify_on_critical: true,
  notify_on_service_down: true,
  notify_on_self_healing: true,
  cooldown_minutes: 15,
};

/** What differs from the thresholds in force; unknown keys are refused with their path. */
export const alertThresholdsPatch = strictly(Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, schema.optional()])) as never, [
  'alert_thresholds',
]) as unknown as z.ZodType<Partial<AlertThresholds>, Partial<AlertThresholds>>;

/** What a stored row says, over the defaults: a row of another release may lack a key or have one more. */
export const readThresholds = (stored: unknown): AlertThresholds => {
  const known: Record<string, unknown> = { ...defaultThresholds };
  for (const [key, value] of Object.entries((stored ?? {}) as Record<string, unknown>)) {
    const parsed = (shape as Record<string, z.ZodType>)[key]?.safeParse(value);
    if (parsed?.success) known[key] = parsed.data;
  }
  return known as AlertThresholds;
};

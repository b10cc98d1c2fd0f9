import type { HostFacts, MetricName, SystemOverview } from '#contracts';
import type { LatestReadings } from './metrics.repository.ts';
import { deviceNames } from './series.service.ts';

type Now = SystemOverview['now'];

/**
 * The newest readings for people. A metric without a row is "no sensor" when the collector knows that this machine has
 * none, and "no data" when it has one that is silent, or when nobody has looked yet. Never a zero that was not measured.
 */
export const toReadings = (latest: LatestReadings, facts: HostFacts | null): Now => {
  const missing = (metric: MetricName) => ({ state: facts === null || facts.sensors.includes(metric) ? ('no_data' as const) : ('no_sensor' as const) });
  const read = <Metric extends MetricName, Row extends { at: string }, Value>(metric: Metric, rows: Row[], view: (rows: [Row, ...Row[]]) => Value) => {
    const [first, ...rest] = rows;
    return first ? { state: 'ok' as const, at: new Date(first.at).toISOString(), ...view([first, ...rest]) } : missing(metric);
  };
  const nameOf = deviceNames(facts);
  return {
    cpu: read('cpu', latest.cpu, ([{ value }]) => ({ percent: value })),
    ram: read('ram', latest.ram, ([{ value, used, total }]) => ({ percent: value, usedBytes: used, totalBytes: total })),
    gpu: read('gpu', latest.gpu, (rows) => ({
      devices: rows.map((gpu) => ({
        name: nameOf(gpu.device),
        percent: gpu.value,
        memoryUsedBytes: gpu.memory_used,
        memoryTotalBytes: gpu.memory_total,
        powerWatts: gpu.power_watts,
      })),
    })),
    temperature: read('temperature', latest.temperature, (rows) => ({ sensors: rows.map(({ sensor, value }) => ({ name: sensor, celsius: value })) })),
    disk: read('disk', latest.disk, (rows) => ({
      mounts: rows.map(({ mount, used, free, percent }) => ({ name: mount, usedBytes: used, freeBytes: free, percent })),
    })),
    network: read('network', latest.network, (rows) => ({
      links: rows.map(({ device, received_per_s, sent_per_s }) => ({ name: device, receivedPerS: received_per_s, sentPerS: sent_per_s })),
    })),
    process: read('process', latest.process, (rows) => ({
      processes: rows.map(({ process, rss, cpu_percent }) => ({ name: process, rssBytes: rss, cpuPercent: cpu_percent })),
    })),
  };
};

import type { SystemOverview } from '#contracts';

interface GaugeRow {
  name: string;
  help: string;
  /** Name of the label that tells the values apart; without one there is a single value. */
  label?: string;
  /** Label and value of each; an empty list is a metric that is not measured now, which is no zero. */
  values(overview: SystemOverview): [label: string, value: number | null][];
}

const one = (value: number | null): [string, number | null][] => [['', value]];

/** What of the overview is told to Prometheus. Base units, as its naming practice asks, except for what people set as percent. */
export const gaugeRows: readonly GaugeRow[] = [
  { name: 'arasul_cpu_percent', help: 'Busy share of all processors.', values: ({ now: { cpu } }) => (cpu.state === 'ok' ? one(cpu.percent) : []) },
  {
    name: 'arasul_memory_used_bytes',
    help: 'Memory that programs could not get.',
    values: ({ now: { ram } }) => (ram.state === 'ok' ? one(ram.usedBytes) : []),
  },
  { name: 'arasul_memory_total_bytes', help: 'Memory of the machine.', values: ({ now: { ram } }) => (ram.state === 'ok' ? one(ram.totalBytes) : []) },
  {
    name: 'arasul_gpu_percent',
    help: 'Load of an accelerator.',
    label: 'device',
    values: ({ now: { gpu } }) => (gpu.state === 'ok' ? gpu.devices.map(({ name, percent }) => [name, percent]) : []),
  },
  {
    name: 'arasul_gpu_memory_used_bytes',
    help: 'Memory in use on an accelerator that has its own.',
    label: 'device',
    values: ({ now: { gpu } }) => (gpu.state === 'ok' ? gpu.devices.map(({ name, memoryUsedBytes }) => [name, memoryUsedBytes]) : []),
  },
  {
    name: 'arasul_gpu_power_watts',
    help: 'Power drawn by an accelerator.',
    label: 'device',
    values: ({ now: { gpu } }) => (gpu.state === 'ok' ? gpu.devices.map(({ name, powerWatts }) => [name, powerWatts]) : []),
  },
  {
    name: 'arasul_temperature_celsius',
    help: 'Temperature of a sensor.',
    label: 'sensor',
    values: ({ now: { temperature } }) => (temperature.state === 'ok' ? temperature.sensors.map(({ name, celsius }) => [name, celsius]) : []),
  },
  {
    name: 'arasul_disk_used_bytes',
    help: 'Used space of a disk.',
    label: 'mount',
    values: ({ now: { disk } }) => (disk.state === 'ok' ? disk.mounts.map(({ name, usedBytes }) => [name, usedBytes]) : []),
  },
  {
    name: 'arasul_disk_free_bytes',
    help: 'Free space of a disk.',
    label: 'mount',
    values: ({ now: { disk } }) => (disk.state === 'ok' ? disk.mounts.map(({ name, freeBytes }) => [name, freeBytes]) : []),
  },
  {
    name: 'arasul_network_receive_bytes_per_second',
    help: 'Bytes received a second on a link.',
    label: 'device',
    values: ({ now: { network } }) => (network.state === 'ok' ? network.links.map(({ name, receivedPerS }) => [name, receivedPerS]) : []),
  },
  {
    name: 'arasul_network_transmit_bytes_per_second',
    help: 'Bytes sent a second on a link.',
    label: 'device',
    values: ({ now: { network } }) => (network.state === 'ok' ? network.links.map(({ name, sentPerS }) => [name, sentPerS]) : []),
  },
  {
    name: 'arasul_process_resident_memory_bytes',
    help: "Memory of one of the product's processes.",
    label: 'process',
    values: ({ now: { process } }) => (process.state === 'ok' ? process.processes.map(({ name, rssBytes }) => [name, rssBytes]) : []),
  },
  { name: 'arasul_sample_age_seconds', help: 'Age of the newest sample.', values: ({ sampleAgeMs }) => one(sampleAgeMs === null ? null : sampleAgeMs / 1000) },
  { name: 'arasul_documents', help: 'Documents by state.', label: 'status', values: ({ counts }) => Object.entries(counts.documents) },
  { name: 'arasul_passages', help: 'Passages of all documents.', values: ({ counts }) => one(counts.passages) },
  { name: 'arasul_queue_jobs', help: 'Questions that wait or are being answered.', label: 'status', values: ({ counts }) => Object.entries(counts.jobs) },
  {
    name: 'arasul_service_up',
    help: 'Whether a service is ready.',
    label: 'service',
    values: ({ services }) => services.map(({ name, state }) => [name, state === 'ready' ? 1 : 0]),
  },
  { name: 'arasul_uptime_seconds', help: 'Time since the product was started.', values: ({ uptimeMs }) => one(uptimeMs / 1000) },
];

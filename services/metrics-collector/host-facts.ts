import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem, type, uptime } from 'node:os';
import si from 'systeminformation';
import type { HostFacts, MetricName } from '#contracts';
import type { Sample } from './sample.ts';

type FixedFacts = Omit<HostFacts, 'gpus' | 'sensors'>;

/** Words that boards without a name carry. */
const NO_MODEL = /^(|-|to be filled by o\.e\.m\.|default string|system product name|none|not specified|unknown)$/i;

const deviceTreeModel = (): string | null => {
  try {
    return readFileSync('/proc/device-tree/model', 'utf8').replaceAll('\0', '').trim();
  } catch {
    return null; // not a board with a device tree
  }
};

const modelOf = ({ manufacturer, model }: { manufacturer: string; model: string }): string | null => {
  const words = [manufacturer, model].map((word) => word.trim()).filter((word) => !NO_MODEL.test(word));
  return words.length > 0 ? words.join(' ') : null;
};

/**
 * What does not change while the machine runs. Starts a few tools once (about 0.3 s), so it is asked beside the first
 * samples and not before them. What systeminformation cannot tell is taken from Node.js itself.
 */
export const readFixedFacts = async (now: number): Promise<FixedFacts> => {
  const [system, cpu, os] = await Promise.all([si.system(), si.cpu(), si.osInfo()]);
  const brand = [cpu.manufacturer, cpu.brand].filter(Boolean).join(' ');
  return {
    name: hostname(),
    model: deviceTreeModel() ?? modelOf(system),
    os: [os.distro, os.release].filter((word) => word && word !== 'unknown').join(' ') || `${type()} ${release()}`,
    arch: arch(),
    cpu: brand || cpus()[0]?.model || arch(),
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    bootedAt: new Date(now - uptime() * 1000).toISOString(),
  };
};

/** The GPUs that do not tell their names as they are read: a Jetson's own, AMD's, and those that nothing reads. */
export const readOtherGpus = async (): Promise<HostFacts['gpus']> => {
  const board = deviceTreeModel();
  if (board && /nvidia|jetson/i.test(board)) return [{ device: 'gpu0', name: `GPU of ${board}`, memoryBytes: null }];
  const { controllers } = await si.graphics();
  return controllers
    .filter(({ bus, vendor }) => bus !== 'VirtIO' && !/red hat|vmware|virtualbox|microsoft|qemu|cirrus|aspeed|matrox/i.test(vendor))
    .map(({ model, vendor, vram, vramDynamic }, index) => ({
      device: `gpu${index}`,
      name: model || vendor,
      memoryBytes: vram && !vramDynamic ? vram * 2 ** 20 : null,
    }));
};

/** The metrics that a sample has values for. */
export const measuredBy = (sample: Sample): MetricName[] => {
  const lists = (['gpu', 'temperature', 'disk', 'network', 'process'] as const).filter((metric) => sample[metric].length > 0);
  return [...(sample.cpu === null ? [] : (['cpu'] as const)), ...(sample.ram === null ? [] : (['ram'] as const)), ...lists];
};

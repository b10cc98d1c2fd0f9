import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuReading, Source } from '../sample.ts';
import { openSensorFile, type SensorFile } from './files.ts';

/** Where the kernels of the Jetson generations publish the GPU's load, in thousandths: Nano/TX2/Xavier, Orin, Orin on JetPack 6. */
const JETSON_LOADS = [
  'devices/gpu.0/load',
  'devices/platform/gpu.0/load',
  'devices/platform/17000000.gpu/load',
  'devices/platform/bus@0/17000000.gpu/load',
  'devices/17000000.ga10b/load',
  'devices/17000000.gv11b/load',
];

interface Card {
  device: string;
  load: SensorFile;
  /** Share of one hundred that one step of `load` stands for. */
  percentPerStep: number;
  memoryUsed: SensorFile | null;
  memoryTotalBytes: number | null;
}

const numberOf = (text: string | null): number | null => {
  const value = text === null || text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

const openCard = (device: string, loadPath: string, percentPerStep: number, memory?: { used: string; total: string }): Card[] => {
  const load = openSensorFile(loadPath);
  if (!load) return [];
  return [
    {
      device,
      load,
      percentPerStep,
      memoryUsed: memory ? openSensorFile(memory.used) : null,
      memoryTotalBytes: memory && existsSync(memory.total) ? numberOf(readFileSync(memory.total, 'latin1').trim()) : null,
    },
  ];
};

const jetsonCards = (sys: string): Card[] => {
  const path = JETSON_LOADS.map((load) => join(sys, load)).find((load) => existsSync(load));
  return path ? openCard('gpu0', path, 0.1) : [];
};

/** AMD's driver publishes load and memory of each card (kernel documentation, gpu/amdgpu/thermal). */
const amdCards = (sys: string): Card[] => {
  const drm = join(sys, 'class/drm');
  if (!existsSync(drm)) return [];
  return readdirSync(drm)
    .filter((name) => /^card\d+$/.test(name) && existsSync(join(drm, name, 'device/gpu_busy_percent')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((name, index) => {
      const device = join(drm, name, 'device');
      return openCard(`gpu${index}`, join(device, 'gpu_busy_percent'), 1, {
        used: join(device, 'mem_info_vram_used'),
        total: join(device, 'mem_info_vram_total'),
      });
    });
};

const readCard = async ({ device, load, percentPerStep, memoryUsed, memoryTotalBytes }: Card): Promise<GpuReading[]> => {
  const step = numberOf(await load.text());
  if (step === null) return []; // asleep
  const memoryUsedBytes = memoryUsed ? numberOf(await memoryUsed.text()) : null;
  return [{ device, percent: Math.min(100, Math.round(step * percentPerStep * 100) / 100), memoryUsedBytes, memoryTotalBytes, powerWatts: null }];
};

/** GPUs whose load the kernel publishes as a file: the Jetson's own, or AMD's. Null when there is none. */
export const sysfsGpuSource = (sys = '/sys'): Source | null => {
  const jetson = jetsonCards(sys);
  const cards = jetson.length > 0 ? jetson : amdCards(sys);
  if (cards.length === 0) return null;
  return {
    name: 'gpu',
    read: async () => ({ gpu: (await Promise.all(cards.map(readCard))).flat() }),
    close: () => {
      for (const { load, memoryUsed } of cards) {
        load.close();
        memoryUsed?.close();
      }
    },
  };
};

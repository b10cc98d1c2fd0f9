import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gpuDevice, nvidiaArguments, parseNvidiaLine } from './nvidia.ts';
import { sysfsGpuSource } from './sysfs-gpu.ts';
import { parseTegrastatsLine } from './tegrastats.ts';
import { findSensors, parseMillidegrees, sensorName, temperatureSource } from './temperature.ts';

const path = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname;
const lines = (name: string): string[] => readFileSync(path(name), 'utf8').trim().split('\n');

describe('nvidia-smi', () => {
  test('two cards of a workstation', () => {
    expect(lines('workstation/nvidia-smi.csv').map(parseNvidiaLine)).toEqual([
      {
        index: 0,
        name: 'NVIDIA GeForce RTX 4090',
        percent: 37,
        memoryUsedBytes: 14213 * 2 ** 20,
        memoryTotalBytes: 24564 * 2 ** 20,
        celsius: 58,
        powerWatts: 211.48,
      },
      { index: 1, name: 'NVIDIA RTX A2000 12GB', percent: 0, memoryUsedBytes: 4 * 2 ** 20, memoryTotalBytes: 12282 * 2 ** 20, celsius: 34, powerWatts: 6.12 },
    ]);
  });

  test('what a card cannot tell is null and never zero; what is not a card is no line', () => {
    const [partitioned, shared, old, ...notCards] = lines('nvidia-smi-odd.txt').map(parseNvidiaLine);
    expect(partitioned).toMatchObject({ percent: null, celsius: 29, powerWatts: 76.39 });
    expect(shared).toMatchObject({ percent: 12, memoryUsedBytes: null, memoryTotalBytes: null, powerWatts: null });
    expect(old).toMatchObject({ percent: null, memoryUsedBytes: null, memoryTotalBytes: 2000 * 2 ** 20, celsius: null, powerWatts: null });
    expect(notCards).toEqual([null, null, null]);
  });

  test('one process is asked for a line at every interval', () => {
    expect(nvidiaArguments(5000)).toContain('--loop-ms=5000');
    expect(gpuDevice(1)).toBe('gpu1');
  });
});

describe('tegrastats', () => {
  test('Orin: sleeping units are left out', () => {
    expect(lines('tegrastats-orin.txt').map(parseTegrastatsLine)).toEqual([
      {
        gpuPercent: 61,
        gpuPowerWatts: 4.007,
        temperature: [
          { sensor: 'cpu', celsius: 49.3 },
          { sensor: 'soc2', celsius: 46 },
          { sensor: 'soc0', celsius: 46.2 },
          { sensor: 'gpu', celsius: 45.1 },
          { sensor: 'tj', celsius: 49.3 },
          { sensor: 'soc1', celsius: 46.5 },
        ],
      },
    ]);
  });

  test('Xavier: the constant 100 °C of the power chip is no temperature', () => {
    const [busy, idle] = lines('tegrastats-xavier.txt').map(parseTegrastatsLine);
    expect(busy).toMatchObject({ gpuPercent: 37, gpuPowerWatts: 0.155 });
    expect(busy?.temperature).toContainEqual({ sensor: 'cpu', celsius: 37.5 });
    expect(busy?.temperature.map(({ sensor }) => sensor)).not.toContain('pmic');
    expect(idle).toMatchObject({ gpuPercent: 0, gpuPowerWatts: 0 });
  });

  test('Nano', () => expect(lines('tegrastats-nano.txt').map(parseTegrastatsLine)).toMatchObject([{ gpuPercent: 99, gpuPowerWatts: 0.082 }]));

  test('anything else is no line', () => expect(parseTegrastatsLine('tegrastats: command not found')).toBeNull());
});

describe('temperatures', () => {
  test('a workstation: the package and the disks, not each core, no constant, no broken input', async () => {
    const source = temperatureSource(findSensors(path('workstation/sys')))!;
    expect(await source.read()).toEqual({
      temperature: [
        { sensor: 'nvme', celsius: 41.9 },
        { sensor: 'nvme hwmon2', celsius: 38.9 },
        { sensor: 'cpu', celsius: 54.1 },
        { sensor: 'nct6798 systin', celsius: 33 },
      ],
    });
    source.close?.();
  });

  test('a Jetson: its thermal zones', async () => {
    const source = temperatureSource(findSensors(path('jetson-orin/sys')))!;
    expect(await source.read()).toEqual({
      temperature: [
        { sensor: 'cpu', celsius: 52.3 },
        { sensor: 'gpu', celsius: 48.9 },
        { sensor: 'soc0', celsius: 50.4 },
        { sensor: 'soc1', celsius: 49.8 },
        { sensor: 'tj', celsius: 52.3 },
      ],
    });
    source.close?.();
  });

  test('a machine without sensors has no source', () => expect(temperatureSource(findSensors(path('nowhere')))).toBeNull());

  test.each([
    ['coretemp Package id 0', 'cpu'],
    ['x86_pkg_temp', 'cpu'],
    ['CPU-therm', 'cpu'],
    ['coretemp Core 3', null],
    ['PMIC-Die', null],
    ['acpitz', null],
    ['thermal', 'thermal'],
    ['GPU-therm', 'gpu'],
  ])('%s is called %s', (raw, name) => expect(sensorName(raw)).toBe(name));

  test.each([
    [null, null],
    ['', null],
    ['0', null],
    ['-256000', null],
    ['127900', null],
    ['61250', 61.3],
    ['-5000', -5],
  ])('%s is %s °C', (raw, celsius) => expect(parseMillidegrees(raw)).toBe(celsius));
});

describe('GPU load in files of the kernel', () => {
  test('a Jetson tells thousandths', async () => {
    const source = sysfsGpuSource(path('jetson-orin/sys'))!;
    expect(await source.read()).toEqual({ gpu: [{ device: 'gpu0', percent: 43.7, memoryUsedBytes: null, memoryTotalBytes: null, powerWatts: null }] });
    source.close?.();
  });

  test('an AMD card tells percent and memory', async () => {
    const source = sysfsGpuSource(path('mini-pc/sys'))!;
    expect(await source.read()).toEqual({
      gpu: [{ device: 'gpu0', percent: 7, memoryUsedBytes: 412_090_368, memoryTotalBytes: 4_294_967_296, powerWatts: null }],
    });
    source.close?.();
  });

  test('no file, no source', () => expect(sysfsGpuSource(path('workstation/sys'))).toBeNull());
});

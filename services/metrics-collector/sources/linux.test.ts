import { describe, expect, test } from 'vitest';
import { busyPercent, cpuSource, parseCpuTicks } from './cpu.ts';
import { diskReading, diskSource, parseMounts } from './disks.ts';
import { openKernelFile, type KernelFile } from './files.ts';
import { memorySource, parseMeminfo } from './memory.ts';
import { linkRates, networkSource, parseLinks } from './network.ts';
import { parseProcessTicks, parseResidentBytes, processSource } from './processes.ts';

const fixture = (name: string): KernelFile => openKernelFile(new URL(`../fixtures/${name}`, import.meta.url).pathname);
/** A kernel file whose text changes from read to read. */
const changing = (...texts: string[]): KernelFile => ({ text: () => (texts.length > 1 ? texts.shift()! : texts[0]!), close: () => undefined });
const text = (name: string): string => fixture(name).text();

describe('processors', () => {
  test('the busy share is what was neither idle nor waiting for input', () => {
    const before = parseCpuTicks(text('workstation/proc/stat'))!;
    const after = parseCpuTicks(text('workstation/proc/stat.later'))!;
    expect(after.total - before.total).toBe(1000 + 500 + 6500 + 100 + 100);
    expect(busyPercent(before, after)).toBe(19.51); // 1,600 of 8,200 ticks
  });

  test('no value without a tick, and none when the counters went back', () => {
    const ticks = { idle: 10, total: 20 };
    expect(busyPercent(ticks, ticks)).toBeNull();
    expect(busyPercent({ idle: 50, total: 100 }, ticks)).toBeNull();
  });

  test('the source measures from one read to the next', async () => {
    const source = cpuSource(changing(text('workstation/proc/stat'), text('workstation/proc/stat.later')));
    expect(await source.read()).toEqual({ cpu: 19.51 });
    expect(await source.read()).toEqual({ cpu: null });
  });

  test('another file is not mistaken for it', () => expect(parseCpuTicks('MemTotal: 1 kB\n')).toBeNull());
});

describe('memory', () => {
  test('used is what a program could not get', () => {
    expect(parseMeminfo(text('jetson-orin/proc/meminfo'))).toEqual({ percent: 22.89, usedBytes: 7156104 * 1024, totalBytes: 31268312 * 1024 });
    expect(parseMeminfo(text('workstation/proc/meminfo'))).toMatchObject({ percent: 25 });
  });

  test('a kernel that does not tell gives nothing', async () => {
    expect(parseMeminfo('')).toBeNull();
    expect(await memorySource(changing('')).read()).toEqual({ ram: null });
  });
});

describe('disks', () => {
  test('local disks once each: no network share, no system partition, no second view of the same disk', () => {
    expect(parseMounts(text('workstation/proc/mounts')).map(({ mount }) => mount)).toEqual(['/', '/media/owner/USB stick', '/srv/data']);
    expect(parseMounts(text('jetson-orin/proc/mounts')).map(({ mount }) => mount)).toEqual(['/', '/data']);
  });

  test('the root of a container counts', () => {
    expect(parseMounts('overlay / overlay rw,relatime 0 0\n')).toEqual([{ device: 'overlay', mount: '/', type: 'overlay' }]);
  });

  test('the reserve of root is neither used nor free, as df has it', () => {
    expect(diskReading('/', { bsize: 4096, blocks: 1000, bfree: 500, bavail: 450 })).toEqual({
      mount: '/',
      usedBytes: 500 * 4096,
      freeBytes: 450 * 4096,
      percent: 52.63,
    });
    expect(diskReading('/', { bsize: 4096, blocks: 0, bfree: 0, bavail: 0 })).toBeNull();
  });

  test('a disk that hangs is left out and not asked again; the others are told', async () => {
    const asked: string[] = [];
    const statfs = (mount: string) => {
      asked.push(mount);
      return mount === '/data' ? new Promise<never>(() => undefined) : Promise.resolve({ bsize: 1, blocks: 10, bfree: 5, bavail: 5 });
    };
    const source = diskSource(fixture('jetson-orin/proc/mounts'), { statfs, patienceMs: 10 });
    expect(await source.read()).toMatchObject({ disk: [{ mount: '/', percent: 50 }] });
    expect(await source.read()).toMatchObject({ disk: [{ mount: '/', percent: 50 }] });
    expect(asked.filter((mount) => mount === '/data')).toHaveLength(1);
  });
});

describe('network', () => {
  test('rates of the real links, by the monotonic clock', async () => {
    const times = [1000, 6000];
    const source = networkSource(changing(text('workstation/proc/net/dev'), text('workstation/proc/net/dev.later')), () => times.shift()!);
    expect(await source.read()).toEqual({
      network: [
        { device: 'enp5s0', receivedPerS: 100_000, sentPerS: 20_000 },
        { device: 'wlp4s0', receivedPerS: 0, sentPerS: 0 },
      ],
    });
  });

  test('a counter that went back, a new link and no time passed give nothing', () => {
    const before = new Map([['eth0', { received: 100, sent: 100 }]]);
    const after = new Map([
      ['eth0', { received: 10, sent: 200 }],
      ['eth1', { received: 5, sent: 5 }],
    ]);
    expect(linkRates(before, after, 1000)).toEqual([]);
    expect(linkRates(before, before, 0)).toEqual([]);
  });

  test('containers and loopback are not links of the machine', () =>
    expect([...parseLinks(text('workstation/proc/net/dev')).keys()]).toEqual(['enp5s0', 'wlp4s0']));
});

describe('own processes', () => {
  test('a program whose name has spaces and brackets is read right', () => {
    expect(parseProcessTicks('4711 (node (core) 1) S 1 4711 4711 0 -1 4194560 90 0 1 0 1523 477 0 0 20 0 11 0 900 1 2')).toBe(2000);
    expect(parseResidentBytes('Name:\tnode\nVmPeak:\t  900000 kB\nVmRSS:\t   81234 kB\n')).toBe(81234 * 1024);
    expect(parseResidentBytes('Name:\tkthreadd\n')).toBeNull();
  });

  test('this very process has memory; one that is gone is left out', async () => {
    let now = 0;
    const source = processSource(
      () => [
        { process: 'me', pid: process.pid },
        { process: 'gone', pid: 2 ** 22 },
      ],
      () => (now += 1000),
    );
    await source.read();
    const reading = await source.read();
    expect(reading?.process?.map((one) => one.process)).toEqual(['me']);
    expect(reading?.process?.[0]?.rssBytes).toBeGreaterThan(10 * 2 ** 20);
  });
});

import type { Logger } from '#kit';
import type { Sample, Source } from '../sample.ts';
import { openLineStream } from './line-stream.ts';
import { parseMillidegrees, sensorName } from './temperature.ts';

export interface TegraReading {
  gpuPercent: number | null;
  temperature: Sample['temperature'];
  /** Power into the accelerator's rail, where the module measures it. */
  gpuPowerWatts: number | null;
}

/**
 * One line of NVIDIA's tegrastats, as Nano, Xavier and Orin print it. `GR3D_FREQ 37%@1300` (older) and
 * `GR3D_FREQ 37%@[1300,1300]` (Orin) carry the load; `GPU@41.5C` a temperature; `VDD_GPU_SOC 2801mW/2801mW` (newer) and
 * `GPU 155/155` (Xavier, milliwatts too) a power. Null for a line that is none of these.
 */
export const parseTegrastatsLine = (line: string): TegraReading | null => {
  if (!/\bRAM \d+\/\d+MB/.test(line)) return null;
  const load = /\bGR3D(?:_FREQ|2)? (\d+)%/.exec(line);
  const power = /\b(?:VDD_GPU_SOC|VDD_GPU|POM_5V_GPU|GPU) (\d+)(?:mW)?\/\d+/.exec(line);
  const temperature: Sample['temperature'] = [];
  for (const [, raw, degrees] of line.matchAll(/\b([A-Za-z][A-Za-z0-9_]*)@(-?[\d.]+)C\b/g)) {
    const sensor = sensorName(raw!);
    const celsius = parseMillidegrees(String(Number(degrees) * 1000));
    if (sensor !== null && celsius !== null) temperature.push({ sensor, celsius });
  }
  return { gpuPercent: load ? Number(load[1]) : null, temperature, gpuPowerWatts: power ? Number(power[1]) / 1000 : null };
};

interface Needs {
  command: string;
  intervalMs: number;
  monotonicMs: () => number;
  /** Whether its temperatures are wanted: not where the kernel's own thermal zones tell them. */
  withTemperature: boolean;
  log: Logger;
}

/** A Jetson through one long-running tegrastats, for kernels that do not publish the accelerator's load. */
export const tegrastatsSource = ({ command, intervalMs, monotonicMs, withTemperature, log }: Needs): Source => {
  let latest: { reading: TegraReading; atMs: number } | null = null;
  const stream = openLineStream({
    command,
    args: ['--interval', String(intervalMs)],
    log,
    onLine: (line) => {
      const reading = parseTegrastatsLine(line);
      if (reading) latest = { reading, atMs: monotonicMs() };
    },
  });
  return {
    name: 'tegrastats',
    read() {
      if (!latest || monotonicMs() - latest.atMs > 2.5 * intervalMs) return null;
      const { gpuPercent, gpuPowerWatts, temperature } = latest.reading;
      // Its memory is the machine's own: the ram row tells it.
      const gpu =
        gpuPercent === null ? [] : [{ device: 'gpu0', percent: gpuPercent, memoryUsedBytes: null, memoryTotalBytes: null, powerWatts: gpuPowerWatts }];
      return { gpu, temperature: withTemperature ? temperature : [] };
    },
    close: () => stream.close(),
  };
};

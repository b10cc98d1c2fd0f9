import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Source } from '../sample.ts';
import { openSensorFile, type SensorFile } from './files.ts';

export interface Sensor {
  sensor: string;
  /** File with thousandths of a degree. */
  path: string;
}

/** Names under which kernels publish the processor's own temperature. */
const PROCESSOR = /^(coretemp package id 0|k10temp t(die|ctl)|zenpower t(die|ctl)|x86_pkg_temp|cpu[-_ ]?(therm|thermal)?|soc[-_]thermal)$/i;
/** One of many parts: the sensor of the whole stands for them. */
const PART_OF_WHOLE = /^(coretemp (core \d+|package id [1-9])|k10temp tccd\d+|nvme sensor \d+)$/i;
/** Not measured: the power chip of a Jetson always says 100 °C, and acpitz a constant on most boards. */
const NOT_A_SENSOR = /^(pmic([-_]?(die|therm))?|acpitz|int3400 thermal)( |$)/i;
/** Outside of this a sensor is off or broken: a sleeping unit of a Jetson says -256 °C, a missing diode 127.9 or 0. */
const COLDEST = -40;
const HOTTEST = 125;
/** A server board may have fifty; a chart of more lines than this tells nothing. */
const MOST_SENSORS = 16;

/** The short name of a sensor for people and charts, or null for one that would only mislead. */
export const sensorName = (raw: string): string | null => {
  const name = raw.trim().replace(/\s+/g, ' ');
  if (PART_OF_WHOLE.test(name) || NOT_A_SENSOR.test(name)) return null;
  if (PROCESSOR.test(name)) return 'cpu';
  return name
    .toLowerCase()
    .replace(/(?<=.)[-_]?therm(al)?$/, '')
    .replace(/ composite$/, '');
};

/** Thousandths of a degree as text, to °C; null for a sensor that is off, broken or not one. */
export const parseMillidegrees = (text: string | null): number | null => {
  const celsius = text === null || text === '' ? NaN : Number(text) / 1000;
  return celsius > COLDEST && celsius < HOTTEST && celsius !== 0 ? Math.round(celsius * 10) / 10 : null;
};

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
};

const listOf = (folder: string, pattern: RegExp): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return []; // this kernel has none
  }
};

/** Chips (hwmon) first, since their labels say more; then the thermal zones that no chip stands for. */
export const findSensors = (sys = '/sys'): Sensor[] => {
  const found = new Map<string, Sensor>();
  const add = (raw: string, path: string, origin: string) => {
    const sensor = sensorName(raw);
    if (sensor === null) return;
    if (!found.has(sensor)) found.set(sensor, { sensor, path });
    else if (sensor !== 'cpu' && origin !== '') found.set(`${sensor} ${origin}`, { sensor: `${sensor} ${origin}`, path });
  };
  for (const chip of listOf(join(sys, 'class/hwmon'), /^hwmon\d+$/)) {
    const folder = join(sys, 'class/hwmon', chip);
    for (const input of listOf(folder, /^temp\d+_input$/)) {
      const label = textOf(join(folder, input.replace('_input', '_label')));
      add([textOf(join(folder, 'name')), label].filter(Boolean).join(' '), join(folder, input), deviceOf(folder));
    }
  }
  for (const zone of listOf(join(sys, 'class/thermal'), /^thermal_zone\d+$/)) {
    const folder = join(sys, 'class/thermal', zone);
    add(textOf(join(folder, 'type')) ?? zone, join(folder, 'temp'), '');
  }
  return [...found.values()].slice(0, MOST_SENSORS);
};

/** What tells two equal chips apart, such as `nvme1`: the device behind the chip. */
const deviceOf = (folder: string): string => {
  try {
    return basename(realpathSync(join(folder, 'device')));
  } catch {
    return basename(folder);
  }
};

/** The temperatures that this machine can tell; null when it has none at all. */
export const temperatureSource = (sensors: Sensor[]): Source | null => {
  const open = sensors
    .map(({ sensor, path }) => ({ sensor, file: openSensorFile(path) }))
    .filter((one): one is { sensor: string; file: SensorFile } => one.file !== null);
  if (open.length === 0) return null;
  return {
    name: 'temperature',
    async read() {
      const temperature = await Promise.all(open.map(async ({ sensor, file }) => ({ sensor, celsius: parseMillidegrees(await file.text()) })));
      return { temperature: temperature.filter((one): one is { sensor: string; celsius: number } => one.celsius !== null) };
    },
    close: () => open.forEach(({ file }) => file.close()),
  };
};

import { describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import type { Source } from './sample.ts';
import { createSampler } from './take-sample.ts';

const memory: Source = { name: 'memory', read: () => ({ ram: { percent: 50, usedBytes: 1, totalBytes: 2 } }) };

describe('a sample', () => {
  test('is made of all sources; lists of the same kind are joined', async () => {
    const fan = (sensor: string): Source => ({ name: sensor, read: () => Promise.resolve({ temperature: [{ sensor, celsius: 40 }] }) });
    const sample = await createSampler([memory, fan('a'), fan('b'), { name: 'nothing', read: () => null }], silentLogger)(7);
    expect(sample).toMatchObject({ t: 7, cpu: null, ram: { percent: 50 }, gpu: [] });
    expect(sample.temperature.map(({ sensor }) => sensor).sort()).toEqual(['a', 'b']);
  });

  test('a source that fails costs its own part, and is told once until it is well again', async () => {
    const told: string[] = [];
    const log = { ...silentLogger, warn: () => void told.push('warn'), info: () => void told.push('info') } as typeof silentLogger;
    let broken = true;
    const moody: Source = {
      name: 'moody',
      read: () => {
        if (broken) throw new Error('EIO');
        return { cpu: 1 };
      },
    };
    const take = createSampler([moody, memory], log);
    expect(await take(1)).toMatchObject({ cpu: null, ram: { percent: 50 } });
    await take(2);
    broken = false;
    expect(await take(3)).toMatchObject({ cpu: 1 });
    expect(told).toEqual(['warn', 'info']);
  });

  test('a source that hangs does not hold up the others, is not asked twice at once, and its late answer joins no sample', async () => {
    let asked = 0;
    let answer: (reading: { cpu: number }) => void = () => undefined;
    const hanging: Source = {
      name: 'hanging',
      read: () => {
        asked += 1;
        return new Promise((resolve) => (answer = resolve));
      },
    };
    const take = createSampler([hanging, memory], silentLogger);
    const first = await take(1);
    expect(await take(2)).toMatchObject({ cpu: null, ram: { percent: 50 } });
    expect(asked).toBe(1);
    answer({ cpu: 99 });
    await new Promise(setImmediate);
    expect(first.cpu).toBeNull();
    void take(3);
    expect(asked).toBe(2);
  });
});

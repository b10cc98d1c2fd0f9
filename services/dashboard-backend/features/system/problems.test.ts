import { describe, expect, test } from 'vitest';
import type { ServiceState } from '#contracts';
import { findProblems } from './problems.ts';

type Facts = Parameters<typeof findProblems>[0];

const at = '2026-11-22T10:00:00Z';
const service = (name: string, state: ServiceState['state']): ServiceState => ({ name, state, pid: 1, since: at, restarts: 0, lastError: null });
const well: Facts = {
  now: {
    cpu: { state: 'ok', at, percent: 100 },
    ram: { state: 'ok', at, percent: 60, usedBytes: 6, totalBytes: 10 },
    gpu: { state: 'no_sensor' },
    temperature: { state: 'ok', at, sensors: [{ name: 'cpu', celsius: 60 }] },
    disk: { state: 'ok', at, mounts: [{ name: '/', usedBytes: 3, freeBytes: 7, percent: 30 }] },
    network: { state: 'no_data' },
    process: { state: 'no_data' },
  },
  services: [service('postgres', 'ready'), service('llm-queue', 'starting')],
  counts: { documents: { pending: 0, indexing: 0, indexed: 3, failed: 0 }, passages: 9, jobs: { pending: 0, processing: 1 }, users: 1, conversations: 1 },
  model: { chat: 'm', embed: 'e', state: 'ready' },
  sampleAgeMs: 4_000,
  intervalMs: 5_000,
  lately: { cpu: 60, gpu: null },
};
const codes = (facts: Partial<Facts>) => findProblems({ ...well, ...facts }).map(({ code, severity }) => `${code} ${severity}`);

describe('what is wrong', () => {
  test('nothing: a busy moment, a starting service and a sensor that is not there are no problems', () => expect(findProblems(well)).toEqual([]));

  test('the worst comes first', () => {
    const now: Facts['now'] = {
      ...well.now,
      ram: { state: 'ok', at, percent: 92, usedBytes: 9, totalBytes: 10 },
      disk: {
        state: 'ok',
        at,
        mounts: [
          { name: '/', usedBytes: 3, freeBytes: 7, percent: 30 },
          { name: '/data', usedBytes: 97, freeBytes: 3, percent: 97 },
        ],
      },
      temperature: {
        state: 'ok',
        at,
        sensors: [
          { name: 'cpu', celsius: 60 },
          { name: 'gpu0', celsius: 76 },
        ],
      },
    };
    expect(codes({ now, model: { chat: null, embed: null, state: 'none' }, lately: { cpu: 99, gpu: 20 } })).toEqual([
      'disk.high critical',
      'ram.high warning',
      'temperature.high warning',
      'cpu.high info',
      'model.none info',
    ]);
    expect(findProblems({ ...well, now }).find(({ code }) => code === 'temperature.high')?.params).toEqual({ sensor: 'gpu0', celsius: 76 });
  });

  test('a failed service is critical, a restarting one a warning', () => {
    expect(codes({ services: [service('a', 'restarting'), service('b', 'failed')] })).toEqual(['service.down critical', 'service.down warning']);
  });

  test('samples are late after six intervals; before the first one there is nothing to miss', () => {
    expect(codes({ sampleAgeMs: 31_000 })).toEqual(['metrics.away warning']);
    expect(codes({ sampleAgeMs: 31_000, intervalMs: 60_000 })).toEqual([]);
    expect(codes({ sampleAgeMs: null })).toEqual([]);
  });

  test('failed documents are counted', () => {
    const counts = { ...well.counts, documents: { ...well.counts.documents, failed: 2 } };
    expect(findProblems({ ...well, counts })).toEqual([{ code: 'documents.failed', severity: 'info', params: { count: 2 } }]);
  });
});

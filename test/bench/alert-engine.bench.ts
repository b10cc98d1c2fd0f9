import { alertSignals, type RuleDefinition } from '#contracts';
import { silentLogger } from '#kit';
import type { Readings } from '#alerts';
import { createEngine, INTERVAL_MS } from '../../services/alert-engine/engine.ts';
import { randomFrom } from '../support/random.ts';
import { defineBench } from './bench.ts';
import { cpuMsOfServer } from './processor-time.ts';
import { withScratchDatabase } from './scratch-database.ts';

const RULES = 10_000;
const WARM_UP = 12;
/** Ten minutes of looks, so that what happens each 15 s and each minute has its share. */
const LOOKS = 120;

const metrics = ['metric.cpu', 'metric.ram', 'metric.disk', 'metric.temperature', 'metric.process'] as const;
const devices: Record<(typeof metrics)[number], readonly string[]> = {
  'metric.cpu': [''],
  'metric.ram': [''],
  'metric.disk': ['/', '/data'],
  'metric.temperature': ['cpu', 'nvme'],
  'metric.process': ['core', 'model-runtime'],
};

const ruleOf = (index: number): RuleDefinition => {
  const signal = metrics[index % metrics.length]!;
  return {
    signal,
    device: '*',
    side: alertSignals[signal].side,
    levels: [{ severity: 'warning', enter: 70 + (index % 37), leave: 65 + (index % 37) }],
    forMs: 60_000,
    leaveForMs: 60_000,
    cooldownMs: 900_000,
    noData: null,
    cause: `part-${index % 400}`,
    perDevice: true,
    labels: {},
    sentence: { en: '{device} is at {value}.' },
    runbook: '',
  };
};

export default defineBench({
  name: 'alert engine',
  about: `${RULES.toLocaleString('en')} rules over values that tremble around their thresholds, in ${LOOKS} looks of the engine with its rows: reading the rules again each minute and writing its memory each 15 s included. Processor time over the ${INTERVAL_MS / 1000} s between looks.`,
  measure: () =>
    withScratchDatabase(async ({ database, pid }) => {
      const rows = Array.from({ length: RULES }, (_, index) => ({ name: `Rule ${index}`, definition: JSON.stringify(ruleOf(index)) }));
      for (let from = 0; from < RULES; from += 1_000) await database.db.insertInto('alert_rules').values(rows.slice(from, from + 1_000)).execute(); // prettier-ignore
      let now = Date.now();
      const engine = createEngine({ database, stateFile: null, clock: { now: () => now }, log: silentLogger });
      const draw = randomFrom(1);
      const look = async (): Promise<void> => {
        now += INTERVAL_MS;
        const readings: Readings = new Map(metrics.map((name) => [name, devices[name].map((device) => ({ device, value: draw.between(30, 72) }))]));
        await engine.tick(readings);
      };
      for (let n = 0; n < WARM_UP; n += 1) await look();
      const serverBefore = cpuMsOfServer(pid);
      const before = process.cpuUsage();
      for (let n = 0; n < LOOKS; n += 1) await look();
      const { user, system } = process.cpuUsage(before);
      if (engine.complaint() !== null) throw new Error(engine.complaint()!);
      const share = (ms: number): number => (ms / LOOKS / INTERVAL_MS) * 100;
      return [
        {
          name: `${RULES.toLocaleString('en')} rules every ${INTERVAL_MS / 1000} s`,
          value: share((user + system) / 1000),
          unit: '% of a core',
          goal: { atMost: 5, text: '<= 5 %' },
        },
        { name: 'Postgres, for its memory and the rules', value: share(cpuMsOfServer(pid) - serverBefore), unit: '% of a core' },
      ];
    }),
});

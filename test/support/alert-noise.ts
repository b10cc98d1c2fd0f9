import { defaultRules, type Reading, type Readings } from '#alerts';
import { defaultThresholds } from '#contracts';
import type { Database } from '#db';
import { silentLogger } from '#kit';
import { createEngine, INTERVAL_MS } from '../../services/alert-engine/engine.ts';
import { randomFrom } from './random.ts';

const MINUTE = 60_000;
const SLOT_MS = 36 * MINUTE;
const STEPS_A_MINUTE = MINUTE / INTERVAL_MS;

type Draw = ReturnType<typeof randomFrom>;
/** What the sources say at a step, by the name of the readings; null: nothing. */
type Heard = Map<string, Reading[] | null>;

interface Trouble {
  /** The cause under which it must be told. */
  key: string;
  /** How it shows. */
  show: (heard: Heard, minutes: number, draw: Draw) => void;
  minutes: number;
}

const at = (device: string, value: number): Reading => ({ device, value });
const setOne = (heard: Heard, name: string, device: string, value: number): void => {
  heard.set(name, [...(heard.get(name) ?? []).filter((each) => each.device !== device), at(device, value)]);
};
const level =
  (name: string, device: string, from: number, to: number): Trouble['show'] =>
  (heard, _minutes, draw) =>
    setOne(heard, name, device, draw.between(from, to));

/** Everything that can go wrong in the noise, each with its side effects. */
const troubles: readonly Trouble[] = [
  { key: 'cpu', minutes: 14, show: level('metric.cpu', '', 84, 94) },
  { key: 'disk:/data', minutes: 12, show: level('metric.disk', '/data', 95.2, 96) },
  { key: 'memory', minutes: 12, show: level('metric.ram', '', 96, 99) },
  {
    // A service that is down keeps the line and the documents waiting: one cause, one message.
    key: 'service:llm-queue',
    minutes: 20,
    show(heard, minutes, draw) {
      setOne(heard, 'service.down', 'llm-queue', 1);
      setOne(heard, 'queue.oldest', '', minutes * 60 + 880);
      setOne(heard, 'queue.waiting', '', draw.between(3, 30));
    },
  },
  { key: 'temperature:cpu', minutes: 13, show: level('metric.temperature', 'cpu', 78, 84) },
  { key: 'gpu:gpu0', minutes: 19, show: level('metric.gpu', 'gpu0', 87, 94) },
  {
    // The collector is dead: nothing is measured, and nothing else may be said of what is not known.
    key: 'metrics',
    minutes: 15,
    show(heard, minutes) {
      for (const name of heard.keys()) if (name.startsWith('metric.')) heard.set(name, null);
      heard.set('metrics.age', [at('', minutes * 60)]);
    },
  },
  { key: 'queue', minutes: 14, show: (heard, minutes) => setOne(heard, 'queue.oldest', '', 920 + minutes * 60) },
  { key: 'disk:/', minutes: 16, show: level('metric.disk', '/', 82, 84) },
  { key: 'healing:database.bloat', minutes: 12, show: (heard) => setOne(heard, 'healing.issue', 'database.bloat', 1) },
  { key: 'documents', minutes: 14, show: (heard) => setOne(heard, 'index.oldest', '', 7 * 3600) },
];

export interface Planted {
  key: string;
  fromStep: number;
  toStep: number;
  trouble: Trouble;
}

/** One trouble in each slot, in turn, at a moment that nobody can foresee. */
const plant = (count: number, draw: Draw): Planted[] =>
  Array.from({ length: count }, (_, slot) => {
    const trouble = troubles[slot % troubles.length]!;
    const fromStep = Math.floor((slot * SLOT_MS) / INTERVAL_MS) + Math.floor(draw.between(2, 8) * STEPS_A_MINUTE);
    return { key: trouble.key, fromStep, toStep: fromStep + trouble.minutes * STEPS_A_MINUTE, trouble };
  });

/** A burst that is shorter than anything that counts, now and then. */
const burst = (draw: Draw, chance: number, minutes: readonly [number, number]) => {
  let until = -STEPS_A_MINUTE;
  return (step: number): boolean => {
    // A minute of rest between two, so that a row of bursts is not one that lasts.
    if (step > until + STEPS_A_MINUTE && draw.chance(chance)) until = step + Math.floor(draw.between(...minutes) * STEPS_A_MINUTE);
    return step <= until;
  };
};

/** The noise of a box at work: bursts that do not last, values that tremble just below their thresholds, samples that are missing, services that blink. */
const noise = (draw: Draw) => {
  const busy = burst(draw, 0.004, [0.5, 4.5]);
  const full = burst(draw, 0.002, [0.2, 1.7]);
  const hot = burst(draw, 0.003, [0.1, 0.8]);
  const answering = burst(draw, 0.006, [0.5, 9]);
  const blink = burst(draw, 0.002, [0.08, 0.17]);
  const deaf = burst(draw, 0.001, [0.2, 1.5]);
  const waiting = burst(draw, 0.004, [1, 7]);
  let load = 20;
  let waitedSteps = 0;
  return (step: number): Heard => {
    load = Math.min(75, Math.max(3, load + draw.between(-3, 3)));
    const heard: Heard = new Map();
    heard.set('metric.cpu', [at('', busy(step) ? draw.between(88, 100) : load)]);
    heard.set('metric.ram', [at('', full(step) ? draw.between(90, 98) : draw.between(55, 74.5))]);
    heard.set('metric.temperature', [at('cpu', hot(step) ? draw.between(80, 95) : 45 + load / 4 + draw.between(-4, 4)), at('nvme', draw.between(40, 72))]);
    heard.set('metric.disk', [at('/', 55 + step / 4_000 + draw.between(0, 0.2)), at('/data', 70 + draw.between(0, 4.5))]);
    heard.set('metric.gpu', [at('gpu0', answering(step) ? draw.between(90, 100) : draw.between(0, 30))]);
    waitedSteps = waiting(step) ? waitedSteps + 1 : 0;
    heard.set('queue.oldest', [at('', waitedSteps * 5)]);
    heard.set('queue.waiting', [at('', waitedSteps > 0 ? Math.floor(draw.between(1, 20)) : 0)]);
    heard.set('index.oldest', [at('', draw.between(0, 500))]);
    heard.set('index.failed', [at('', 0)]);
    heard.set('healing.issue', []);
    heard.set(
      'service.down',
      ['core', 'llm-queue', 'postgres'].map((name) => at(name, name !== 'postgres' && blink(step) ? 1 : 0)),
    );
    heard.set('metrics.age', [at('', 0)]);
    if (deaf(step)) for (const name of ['metric.temperature', 'metric.gpu', 'metric.cpu']) heard.set(name, null);
    return heard;
  };
};

export interface NoiseResult {
  planted: number;
  toldOnce: number;
  missed: string[];
  /** Messages beside the one that says that it began and the one that says that it is over. */
  extra: string[];
  /** From the moment it began to the message, in s, less the time that the rule waits on purpose. */
  delaysS: number[];
  steps: number;
}

const waits = new Map(defaultRules(defaultThresholds, { gpu: true, temperature: true }).map(({ definition }) => [definition.cause, definition.forMs]));

/**
 * Lives through so many slots of noise with a trouble planted in each, in virtual time, with the engine itself and its rows: restarts, a kill, a machine
 * that sleeps and a clock that is set back and forth included.
 */
export const liveThroughNoise = async (database: Database, { slots, seed }: { slots: number; seed: number }): Promise<NoiseResult> => {
  const { db } = database;
  const draw = randomFrom(seed);
  const planted = plant(slots, draw);
  const sounds = noise(draw);
  for (const { key, name, definition } of defaultRules(defaultThresholds, { gpu: true, temperature: true })) {
    await db
      .insertInto('alert_rules')
      .values({ key, name, definition: JSON.stringify(definition) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  let now = Date.UTC(2026, 2, 2);
  const start = () => createEngine({ database, stateFile: null, clock: { now: () => now }, log: silentLogger });
  let engine = start();
  const steps = Math.floor((slots * SLOT_MS) / INTERVAL_MS);
  const nowAt: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    now += INTERVAL_MS;
    nowAt.push(now);
    const slot = Math.floor((step * INTERVAL_MS) / SLOT_MS);
    // Half an hour into a slot, when nothing is planted, time itself goes wrong.
    if (step * INTERVAL_MS === slot * SLOT_MS + 32 * MINUTE) {
      if (slot % 7 === 1) now += 8 * 60 * MINUTE;
      if (slot % 7 === 3) now -= 60 * MINUTE + 1_237;
      if (slot % 7 === 5) now += 365 * 24 * 60 * MINUTE;
    }
    if (step % 2_500 === 1_700) {
      if (step % 5_000 === 1_700) await engine.save();
      engine = start();
    }
    const heard = sounds(step);
    for (const { fromStep, toStep, trouble } of planted) {
      if (step >= fromStep && step < toStep) trouble.show(heard, ((step - fromStep) * INTERVAL_MS) / MINUTE, draw);
    }
    const readings: Readings = new Map([...heard].flatMap(([name, series]) => (series === null ? [] : [[name, series] as const])));
    await engine.tick(readings);
    const complaint = engine.complaint();
    if (complaint !== null) throw new Error(complaint);
  }
  const incidents = await db.selectFrom('incidents').select(['id', 'cause', 'opened_at']).execute();
  const told = await db.selectFrom('notifications').select(['topic', 'incident_id', 'title']).orderBy('id').execute();
  const stepOf = (openedAt: Date): number => nowAt.indexOf(openedAt.getTime());
  const result: NoiseResult = { planted: slots, toldOnce: 0, missed: [], extra: [], delaysS: [], steps };
  const explained = new Set<string>();
  for (const { key, fromStep, toStep } of planted) {
    const own = incidents.filter(({ cause, opened_at: opened }) => cause === key && stepOf(opened) >= fromStep && stepOf(opened) <= toStep);
    const messages = told.filter(({ incident_id: id }) => own.some((one) => one.id === id));
    const [first] = own;
    if (!first || messages.length === 0) {
      result.missed.push(key);
      continue;
    }
    own.forEach(({ id }) => explained.add(id));
    if (messages.map(({ topic }) => topic).join() === 'incident.opened,incident.resolved') result.toldOnce += 1;
    else result.extra.push(...messages.slice(1).map(({ topic }) => `${key}: ${topic}`));
    const part = key.split(':')[0]!;
    result.delaysS.push(((stepOf(first.opened_at) - fromStep) * INTERVAL_MS - (waits.get(part) ?? 0)) / 1000);
  }
  for (const { incident_id: id, topic, title } of told) {
    if (id === null || !explained.has(id)) result.extra.push(`${topic}: ${(title as unknown as { en: string }).en}`);
  }
  return result;
};

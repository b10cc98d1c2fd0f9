import { alertSignals, type AlertThresholds, type RuleDefinition, type ThresholdMetric, type Words } from '#contracts';

/** A rule that comes with the product. */
export interface DefaultRule {
  key: string;
  name: string;
  definition: RuleDefinition;
}

/** What the machine has, so that nothing is watched that is not there. */
export interface MachineParts {
  gpu: boolean;
  temperature: boolean;
}

const MINUTE_MS = 60_000;
/** How far a value must fall below a threshold to count as over it: a value that trembles around 80 is one alert. */
const HYSTERESIS = 5;

interface Watched {
  name: string;
  /** Busy is not sick: only what lasts is told. */
  forMs: number;
  cause: string;
  sentence: Words;
}

const watched: Record<ThresholdMetric, Watched> = {
  cpu: {
    name: 'Processors busy',
    forMs: 5 * MINUTE_MS,
    cause: 'cpu',
    sentence: { en: 'The processors are at {value}.', de: 'Die Prozessoren sind zu {value} ausgelastet.' },
  },
  ram: {
    name: 'Memory nearly full',
    forMs: 2 * MINUTE_MS,
    cause: 'memory',
    sentence: { en: 'The memory is {value} full.', de: 'Der Arbeitsspeicher ist zu {value} belegt.' },
  },
  disk: {
    name: 'Disk nearly full',
    forMs: MINUTE_MS,
    cause: 'disk',
    sentence: { en: 'The disk {device} is {value} full.', de: 'Der Datenträger {device} ist zu {value} belegt.' },
  },
  gpu: {
    name: 'Graphics processor busy',
    forMs: 10 * MINUTE_MS,
    cause: 'gpu',
    sentence: { en: 'The graphics processor {device} is at {value}.', de: 'Der Grafikprozessor {device} ist zu {value} ausgelastet.' },
  },
  temperature: {
    name: 'Machine too warm',
    forMs: MINUTE_MS,
    cause: 'temperature',
    sentence: { en: 'The sensor {device} shows {value}.', de: 'Der Sensor {device} zeigt {value}.' },
  },
};

/** The rule of one metric, with its levels and its cooldown from the thresholds in force. */
const thresholdRule = (metric: ThresholdMetric, thresholds: AlertThresholds): DefaultRule => {
  const { name, forMs, cause, sentence } = watched[metric];
  const [warning, critical] = [thresholds[`${metric}_warning`], thresholds[`${metric}_critical`]];
  return {
    key: `metric.${metric}`,
    name,
    definition: {
      signal: `metric.${metric}`,
      device: '*',
      side: 'above',
      levels: [
        { severity: 'warning', enter: warning, leave: warning - HYSTERESIS },
        { severity: 'critical', enter: critical, leave: critical - HYSTERESIS },
      ],
      forMs,
      leaveForMs: MINUTE_MS,
      cooldownMs: thresholds.cooldown_minutes * MINUTE_MS,
      noData: null,
      cause,
      perDevice: true,
      labels: {},
      sentence,
      runbook: '',
    },
  };
};

type Plain = Pick<RuleDefinition, 'signal' | 'levels' | 'cause' | 'sentence'> & Partial<RuleDefinition> & { key: string; name: string };

const plainRule = ({ key, name, ...definition }: Plain, thresholds: AlertThresholds): DefaultRule => ({
  key,
  name,
  definition: {
    device: '*',
    side: alertSignals[definition.signal].side,
    forMs: 0,
    leaveForMs: 0,
    cooldownMs: thresholds.cooldown_minutes * MINUTE_MS,
    noData: null,
    perDevice: true,
    labels: {},
    runbook: '',
    ...definition,
  },
});

const plain: readonly Plain[] = [
  {
    key: 'service.down',
    name: 'Service down',
    signal: 'service.down',
    levels: [{ severity: 'critical', enter: 1, leave: 1 }],
    forMs: 15_000,
    cause: 'service',
    sentence: { en: 'The service {device} is down.', de: 'Der Dienst {device} läuft nicht.' },
  },
  {
    key: 'metrics.age',
    name: 'No measurements',
    signal: 'metrics.age',
    levels: [{ severity: 'warning', enter: 120, leave: 60 }],
    cause: 'metrics',
    sentence: { en: 'Nothing was measured for {value}.', de: 'Seit {value} wurde nichts gemessen.' },
  },
  {
    key: 'disk.full-in',
    name: 'Disk will be full',
    signal: 'disk.full_in',
    levels: [
      { severity: 'warning', enter: 72, leave: 120 },
      { severity: 'critical', enter: 12, leave: 24 },
    ],
    forMs: 10 * MINUTE_MS,
    cause: 'disk',
    sentence: { en: 'The disk {device} will be full in about {value}.', de: 'Der Datenträger {device} ist in etwa {value} voll.' },
  },
  {
    key: 'queue.oldest',
    name: 'Questions wait',
    signal: 'queue.oldest',
    levels: [{ severity: 'warning', enter: 900, leave: 60 }],
    cause: 'queue',
    sentence: { en: 'A question has waited for {value}.', de: 'Eine Frage wartet seit {value}.' },
  },
  {
    key: 'index.oldest',
    name: 'Documents wait',
    signal: 'index.oldest',
    levels: [{ severity: 'warning', enter: 6 * 3600, leave: 600 }],
    cause: 'documents',
    sentence: { en: 'A document has waited for {value} to be read.', de: 'Ein Dokument wartet seit {value} darauf, gelesen zu werden.' },
  },
  {
    // A backup is good once it was restored for proof, which is done each week by default.
    key: 'backup.age',
    name: 'Backup too old',
    signal: 'backup.age',
    levels: [
      { severity: 'warning', enter: 10 * 24, leave: 10 * 24 },
      { severity: 'critical', enter: 21 * 24, leave: 21 * 24 },
    ],
    cause: 'backup',
    perDevice: false,
    sentence: {
      en: 'The last backup that was proven by restoring it is {value} old.',
      de: 'Die letzte Sicherung, deren Wiederherstellung geprüft wurde, ist von vor {value}.',
    },
  },
  {
    key: 'healing.issue',
    name: 'Needs a person',
    signal: 'healing.issue',
    levels: [
      { severity: 'warning', enter: 1, leave: 1 },
      { severity: 'critical', enter: 2, leave: 2 },
    ],
    // Self-healing asks for a person within seconds; a part that is down is told as the part, after 15 s, and takes this with it.
    forMs: 15_000,
    cause: 'healing',
    sentence: { en: 'The box could not heal itself: {device}.', de: 'Die Box konnte sich nicht selbst heilen: {device}.' },
  },
];

/** The rules of a first start: the thresholds' own, and what goes wrong on any box; nothing for parts that the machine lacks. */
export const defaultRules = (thresholds: AlertThresholds, parts: MachineParts): DefaultRule[] => [
  ...(['cpu', 'ram', 'disk', 'gpu', 'temperature'] as const)
    .filter((metric) => (metric === 'gpu' || metric === 'temperature' ? parts[metric] : true))
    .map((metric) => thresholdRule(metric, thresholds)),
  ...plain.map((each) => plainRule(each, thresholds)),
];

/** What each part of the box depends on: a queue that stands still because its service is down is told as the service. */
export const boxDependencies: Readonly<Record<string, readonly string[]>> = {
  queue: ['service'],
  documents: ['service'],
  metrics: ['service'],
  healing: ['service'],
};

import { z } from 'zod';
import { id, instant } from './common.ts';
import { seriesPoint } from './metrics.ts';
import { strictly } from './strict-object.ts';

/** From least to most. */
export const severities = ['info', 'warning', 'critical'] as const;
export const severity = z.enum(severities);
export type Severity = z.infer<typeof severity>;

/** A text by language; English is always there. */
export const words = z.object({ en: z.string().min(1).max(2000), de: z.string().min(1).max(2000).optional() });
export type Words = z.infer<typeof words>;

interface SignalFacts {
  unit: string;
  /** Whether trouble is above or below the threshold. */
  side: 'above' | 'below';
  /** Whether the rule must say what to look for: words of a log line, or HOST:PORT. */
  match?: true;
}

/** Everything that a rule can watch. */
export const alertSignals = {
  'metric.cpu': { unit: '%', side: 'above' },
  'metric.ram': { unit: '%', side: 'above' },
  'metric.gpu': { unit: '%', side: 'above' },
  'metric.temperature': { unit: '°C', side: 'above' },
  'metric.disk': { unit: '%', side: 'above' },
  'metric.network': { unit: 'B/s', side: 'above' },
  'metric.process': { unit: 'B', side: 'above' },
  'metrics.age': { unit: 's', side: 'above' },
  'disk.full_in': { unit: 'h', side: 'below' },
  'service.down': { unit: '', side: 'above' },
  'service.restarts': { unit: '', side: 'above' },
  'queue.waiting': { unit: '', side: 'above' },
  'queue.oldest': { unit: 's', side: 'above' },
  'index.failed': { unit: '', side: 'above' },
  'index.oldest': { unit: 's', side: 'above' },
  'backup.age': { unit: 'h', side: 'above' },
  'certificate.days': { unit: 'd', side: 'below', match: true },
  'log.matches': { unit: '/min', side: 'above', match: true },
  'healing.issue': { unit: '', side: 'above' },
} as const satisfies Record<string, SignalFacts>;
export const signalNames = Object.keys(alertSignals) as (keyof typeof alertSignals)[];
export const signalName = z.enum(signalNames as [keyof typeof alertSignals, ...(keyof typeof alertSignals)[]]);
export type SignalName = z.infer<typeof signalName>;

const DAY_MS = 86_400_000;
const HOST_AND_PORT = /^([\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}$/;
const level = strictly({
  severity,
  /** The value from which on it is trouble, itself included. */
  enter: z.number(),
  /** The value from which on it is over; on the good side of `enter`. */
  leave: z.number(),
});
export type RuleLevel = z.infer<typeof level>;

const ruleShape = {
  signal: signalName,
  /** A series' name, or `*` for each by itself. */
  device: z.string().min(1).max(200).default('*'),
  side: z.enum(['above', 'below']),
  levels: z.array(level).min(1).max(3),
  /** How long a value must stay beyond `enter`. */
  forMs: z.number().int().min(0).max(DAY_MS).default(0),
  /** How long it must stay beyond `leave` to count as over. */
  leaveForMs: z.number().int().min(0).max(DAY_MS).default(0),
  cooldownMs: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_MS)
    .default(900_000),
  /** Silence of this long is an incident of its own; null: silence is only shown. */
  noData: strictly({ afterMs: z.number().int().min(10_000).max(DAY_MS), severity })
    .nullable()
    .default(null),
  /** The part of the box that is the cause: incidents are one for each, and parts that depend on it are not told beside it. */
  cause: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, 'Small letters, digits and dashes, such as `database`.')
    .default('other'),
  /** One incident for each series, or one for all. */
  perDevice: z.boolean().default(true),
  /** What to look for, where the signal needs it. */
  match: z.string().min(1).max(300).optional(),
  labels: z.record(z.string().max(60), z.string().max(200)).default({}),
  /** What it means, for people: `{value}`, `{device}`, `{for}` and `{threshold}` are filled in. */
  sentence: words,
  runbook: z.string().max(300).default(''),
};

export const ruleDefinition = strictly(ruleShape).superRefine((rule, context) => {
  for (const [index, { enter, leave }] of rule.levels.entries()) {
    if (rule.side === 'above' ? leave > enter : leave < enter) {
      context.addIssue({
        code: 'custom',
        path: ['levels', index, 'leave'],
        message: `An alert that begins at ${enter} cannot be over at ${leave}: it must be ${rule.side === 'above' ? 'at or below' : 'at or above'} that.`,
      });
    }
  }
  const rising = [...rule.levels.entries()].sort(([, a], [, b]) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  for (const [position, [index, { severity: name, enter }]] of rising.entries()) {
    const milder = rising[position - 1]?.[1];
    if (milder && (rule.side === 'above' ? enter < milder.enter : enter > milder.enter)) {
      context.addIssue({
        code: 'custom',
        path: ['levels', index, 'enter'],
        message: `\`${name}\` would begin at ${enter}, before \`${milder.severity}\` at ${milder.enter}.`,
      });
    }
  }
  if (new Set(rule.levels.map((each) => each.severity)).size !== rule.levels.length) {
    context.addIssue({ code: 'custom', path: ['levels'], message: 'Each severity may stand here once.' });
  }
  const looks = 'match' in alertSignals[rule.signal];
  if (looks && rule.match === undefined) context.addIssue({ code: 'custom', path: ['match'], message: 'Say what to look for.' });
  if (!looks && rule.match !== undefined) context.addIssue({ code: 'custom', path: ['match'], message: `\`${rule.signal}\` looks for nothing by words.` });
  if (rule.signal === 'certificate.days' && rule.match !== undefined && !HOST_AND_PORT.test(rule.match)) {
    context.addIssue({ code: 'custom', path: ['match'], message: 'A host and its port, such as `box.example.org:443`.' });
  }
});
export type RuleDefinition = z.infer<typeof ruleDefinition>;

export const ruleCreate = strictly({ name: z.string().trim().min(1).max(120), enabled: z.boolean().default(true), definition: ruleDefinition });
export type RuleCreate = z.infer<typeof ruleCreate>;
export const rulePatch = strictly({
  name: z.string().trim().min(1).max(120).optional(),
  enabled: z.boolean().optional(),
  definition: ruleDefinition.optional(),
  /** Back to what came with the product. */
  reset: z.literal(true).optional(),
});
export type RulePatch = z.infer<typeof rulePatch>;

/** How it stands with what a rule watches. Silence is a state of its own: it may be better or worse. */
export const ruleStandings = ['off', 'unheard', 'calm', 'pending', 'firing', 'silent'] as const;

export const ruleView = z.object({
  id,
  /** Of a rule that came with the product. */
  key: z.string().nullable(),
  name: z.string(),
  enabled: z.boolean(),
  edited: z.boolean(),
  /** Its levels are those of the thresholds. */
  fromThresholds: z.boolean(),
  definition: ruleDefinition,
  /** As of the last seconds; `unheard`: nothing of it was heard yet, such as of a GPU where there is none. */
  now: z.enum(ruleStandings),
  updatedAt: instant,
});
export type RuleView = z.infer<typeof ruleView>;

/** A rule, saved or not, tried on what is stored: what it would have told. */
export const backTestRequest = strictly({
  definition: ruleDefinition,
  days: z.number().int().min(1).max(90).default(7),
});
export const backTestAnswer = z.object({
  from: instant,
  to: instant,
  unit: z.string(),
  /** How fine the values were: of single samples, or of minutes and hours. */
  resolutionMs: z.number().int(),
  samples: z.number().int(),
  incidents: z.array(
    z.object({
      /** The cause with its device. */
      key: z.string(),
      device: z.string(),
      severity,
      openedAt: instant,
      resolvedAt: instant.nullable(),
      durationMs: z.number().int().nullable(),
      peak: z.number().nullable(),
      /** False: within the cooldown or over before it was told. */
      told: z.boolean(),
    }),
  ),
  /** What people would have been sent, in order. */
  messages: z.array(z.object({ at: instant, kind: z.enum(['opened', 'raised', 'resolved']), severity, device: z.string(), title: words })),
  /** More than are listed. */
  cut: z.boolean(),
  /** The values, as a chart draws them; the worst series where there are many. */
  series: z.array(z.object({ name: z.string(), points: z.array(seriesPoint) })),
  /** What is wrong with the trial itself, such as no history. */
  note: words.nullable(),
});
export type BackTestAnswer = z.infer<typeof backTestAnswer>;

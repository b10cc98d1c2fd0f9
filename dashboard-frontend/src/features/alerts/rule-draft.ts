import { alertSignals, ruleCreate, severities, type RuleCreate, type RuleDefinition, type Severity, type SignalName } from '#contracts';

type Typed = number | string;

/** A rule as its form holds it: times in the units that people type, a level for each severity. */
export interface RuleDraft {
  name: string;
  enabled: boolean;
  signal: SignalName;
  match: string;
  device: string;
  side: 'above' | 'below';
  levels: Record<Severity, { on: boolean; enter: Typed; leave: Typed }>;
  forS: Typed;
  leaveForS: Typed;
  cooldownMin: Typed;
  silence: boolean;
  silenceS: Typed;
  silenceSeverity: Severity;
  cause: string;
  perDevice: boolean;
  en: string;
  de: string;
  runbook: string;
  labels: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const newDraft = (): RuleDraft => ({
  name: '',
  enabled: true,
  signal: 'metric.disk',
  match: '',
  device: '*',
  side: 'above',
  levels: { info: { on: false, enter: '', leave: '' }, warning: { on: true, enter: 80, leave: 75 }, critical: { on: false, enter: 95, leave: 90 } },
  forS: 60,
  leaveForS: 60,
  cooldownMin: 15,
  silence: false,
  silenceS: 300,
  silenceSeverity: 'warning',
  cause: 'disk',
  perDevice: true,
  en: '',
  de: '',
  runbook: '',
  labels: '',
});

/** The part of the box that a signal most likely speaks of. */
const causes: Partial<Record<SignalName, string>> = {
  'metric.ram': 'memory',
  'metric.process': 'memory',
  'index.failed': 'documents',
  'index.oldest': 'documents',
};
export const causeOf = (signal: SignalName): string => {
  const [first, second] = signal.split('.');
  return causes[signal] ?? (first === 'metric' ? second! : first === 'log' ? 'other' : first!);
};

/** The draft with another signal, and what goes with it. */
export const withSignal = (draft: RuleDraft, signal: SignalName): RuleDraft => ({ ...draft, signal, side: alertSignals[signal].side, cause: causeOf(signal) });

export const draftOf = ({ name, enabled, definition }: { name: string; enabled: boolean; definition: RuleDefinition }): RuleDraft => ({
  name,
  enabled,
  signal: definition.signal,
  match: definition.match ?? '',
  device: definition.device,
  side: definition.side,
  levels: Object.fromEntries(
    severities.map((severity) => {
      const level = definition.levels.find((each) => each.severity === severity);
      return [severity, level ? { on: true, enter: level.enter, leave: level.leave } : { on: false, enter: '', leave: '' }];
    }),
  ) as RuleDraft['levels'],
  forS: definition.forMs / SECOND,
  leaveForS: definition.leaveForMs / SECOND,
  cooldownMin: definition.cooldownMs / MINUTE,
  silence: definition.noData !== null,
  silenceS: (definition.noData?.afterMs ?? 300 * SECOND) / SECOND,
  silenceSeverity: definition.noData?.severity ?? 'warning',
  cause: definition.cause,
  perDevice: definition.perDevice,
  en: definition.sentence.en,
  de: definition.sentence.de ?? '',
  runbook: definition.runbook,
  labels: Object.entries(definition.labels)
    .map(([label, value]) => `${label}=${value}`)
    .join('\n'),
});

const times = (typed: Typed, factor: number): number => (typed === '' ? NaN : Math.round(Number(typed) * factor));
const plain = (typed: Typed): number => (typed === '' ? NaN : Number(typed));

/** The rule that a draft stands for, or what is wrong with it by the path of each part. */
export const readDraft = (draft: RuleDraft): { rule: RuleCreate | null; problems: Record<string, string> } => {
  const levels = severities.filter((severity) => draft.levels[severity].on);
  const parsed = ruleCreate.safeParse({
    name: draft.name,
    enabled: draft.enabled,
    definition: {
      signal: draft.signal,
      device: draft.device.trim(),
      side: draft.side,
      levels: levels.map((severity) => ({ severity, enter: plain(draft.levels[severity].enter), leave: plain(draft.levels[severity].leave) })),
      forMs: times(draft.forS, SECOND),
      leaveForMs: times(draft.leaveForS, SECOND),
      cooldownMs: times(draft.cooldownMin, MINUTE),
      noData: draft.silence ? { afterMs: times(draft.silenceS, SECOND), severity: draft.silenceSeverity } : null,
      cause: draft.cause.trim(),
      perDevice: draft.perDevice,
      ...('match' in alertSignals[draft.signal] && draft.match.trim() !== '' && { match: draft.match.trim() }),
      labels: Object.fromEntries(
        draft.labels
          .split('\n')
          .filter((line) => line.includes('='))
          .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
      ),
      sentence: { en: draft.en.trim(), ...(draft.de.trim() !== '' && { de: draft.de.trim() }) },
      runbook: draft.runbook.trim(),
    },
  });
  if (parsed.success) return { rule: parsed.data, problems: {} };
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    // A level is known by its severity, whatever its place in the list.
    const [root, part, index, ...rest] = path;
    const place = part === 'levels' && typeof index === 'number' ? ['levels', levels[index], ...rest] : root === 'definition' ? path.slice(1) : path;
    problems[place.join('.')] ??= message;
  }
  return { rule: null, problems };
};

import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { duration } from '#alerts';
import {
  alertThresholds,
  alertThresholdsPatch,
  backTestRequest,
  defaultSettings,
  didYouMean,
  incidentQuery,
  ruleCreate,
  rulePatch,
  type BackTestAnswer,
  type IncidentDetail,
  type IncidentView,
  type RuleView,
} from '#contracts';
import { createNotifier, type Database } from '#db';
import { errorText, silentLogger, systemClock } from '#kit';
import {
  alertsRepository as repository,
  createAlertsService,
  createBackTestService,
  createIncidentDetails,
  createRulesService,
  historyRepository as history,
} from '../../services/dashboard-backend/features/alerts/index.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';
import { OPERATOR, operatorAudit } from './operator.ts';

type Say = (line: string) => void;

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const refuse = (message: string) => new StartProblem(`${message} “npm run arasul -- help” tells more.`);

const timeMs = (text: string | undefined): number => {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text ?? '') ?? [];
  if (count === undefined) throw refuse('Say for how long, such as 30m, 4h or 2d.');
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
};

/** What a file or a word holds, as the API would take it. Errors: `StartProblem` with the path of what is wrong. */
const read = <Output>(schema: z.ZodType<Output>, value: unknown): Output => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartProblem(issue?.code === 'unrecognized_keys' ? issue.message : `\`${issue?.path.join('.')}\`: ${issue?.message}`);
};

const readJson = async (file: string | undefined): Promise<unknown> => {
  if (file === undefined) throw refuse('Name the file.');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new StartProblem(`${file} cannot be read: ${errorText(error)}`);
  }
};

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');
const lasted = (ms: number): string => duration(ms / 1000).en;

const incidentLine = ({ id, severity, state, title, openedAt, acknowledgedBy }: IncidentView): string =>
  [id, severity.padEnd(8), (acknowledgedBy && state === 'acknowledged' ? `${acknowledgedBy} has it` : state).padEnd(12), minute(openedAt), title.en].join('  ');

const detailLines = ({
  id,
  title,
  cause,
  severity,
  state,
  openedAt,
  durationMs,
  healedBy,
  runbook,
  tried,
  timeline,
  told_to: told,
  repair,
}: IncidentDetail): string[] => [
  title.en,
  `${id}  ${severity}  ${state}  ${cause}`,
  `began ${minute(openedAt)}, lasts ${lasted(durationMs)}${healedBy === null ? '' : `, healed by ${healedBy}`}`,
  ...(runbook === '' ? [] : [`runbook: ${runbook}`]),
  ...timeline.map(({ at, event, actor }) => `  ${minute(at)}  ${event}${actor === null ? '' : ` by ${actor}`}`),
  ...tried.map(({ at, what, subject, outcome, reason }) => `  ${minute(at)}  tried ${what} ${subject}: ${outcome}${reason === null ? '' : ` (${reason})`}`),
  ...told.map(({ channel, kind, status, at }) => `  ${at === null ? ' '.repeat(16) : minute(at)}  told ${channel} (${kind}): ${status}`),
  ...(repair ? [`may be tried: ${repair.fixup}. ${repair.words.en}`] : []),
];

const ruleLine = ({ id, key, name, now, edited, definition }: RuleView): string =>
  [
    id,
    (key ?? 'own').padEnd(18),
    now.padEnd(7),
    definition.levels.map(({ severity, enter }) => `${severity} ${definition.side === 'above' ? '>=' : '<='} ${enter}`).join(', '),
    name,
    edited && key !== null && '(changed)',
  ]
    .filter(Boolean)
    .join('  ');

const trialLines = ({ from, to, incidents, messages, note, cut, unit }: BackTestAnswer): string[] => [
  `${minute(from)} to ${minute(to)}: ${incidents.length} incidents, ${messages.length} messages${cut ? ', and more' : ''}.`,
  ...incidents.map(({ openedAt, durationMs, severity, device, peak, told }) =>
    [
      `  ${minute(openedAt)}`,
      severity.padEnd(8),
      durationMs === null ? 'lasts' : lasted(durationMs),
      device,
      peak !== null && `up to ${Math.round(peak * 10) / 10} ${unit}`,
      told ? 'told' : 'not told',
    ]
      .filter(Boolean)
      .join('  '),
  ),
  ...(note ? [note.en] : []),
];

const services = (database: Database) => {
  const notifier = createNotifier({ database, log: silentLogger });
  const needs = { database, notifier, repository, audit: operatorAudit(database), clock: systemClock };
  return {
    notifier,
    alerts: createAlertsService(needs),
    incidents: createIncidentDetails({ ...needs, history }),
    rules: createRulesService(needs),
    backTest: createBackTestService({ ...needs, history, settings: { get: () => defaultSettings } }),
  };
};
type Services = ReturnType<typeof services>;

const alertsWord = async ({ alerts }: Services, [what = 'list', first, second, ...more]: readonly string[], say: Say): Promise<void> => {
  if (what === 'list') {
    const { items } = await alerts.list(OPERATOR, read(incidentQuery, { state: 'now', limit: 100 }));
    items.map(incidentLine).forEach(say);
    if (items.length === 0) say('Nothing is wrong now.');
    for (const { id, target, endsAt, reason, active, repeats } of (await alerts.silences(OPERATOR)).items) {
      say(`${id}  ${active ? 'silent' : 'planned'}  ${target} until ${minute(endsAt)}${repeats ? `, ${repeats}` : ''}  ${reason}`);
    }
  } else if (what === 'silence' && first !== undefined) {
    const endsAt = new Date(Date.now() + timeMs(second)).toISOString();
    const { id } = await alerts.silence(OPERATOR, { kind: 'silence', target: first === 'all' ? '*' : first, reason: more.join(' '), endsAt });
    say(`Nobody is told of it until ${minute(endsAt)} UTC. “alerts speak ${id}” ends that.`);
  } else if (what === 'speak' && first !== undefined) {
    await alerts.endSilence(OPERATOR, first);
    say('The silence is over.');
  } else if (what === 'thresholds') {
    const pairs = [first, second, ...more].flatMap((word) => (word === undefined ? [] : [word.split('=', 2)]));
    const values = pairs.map(([key = '', value = '']): [string, unknown] => [key, value === 'true' ? true : value === 'false' ? false : Number(value)]);
    const after = pairs.length > 0 ? await alerts.setThresholds(OPERATOR, read(alertThresholdsPatch, Object.fromEntries(values))) : await alerts.thresholds();
    for (const key of Object.keys(alertThresholds.shape) as (keyof typeof after)[]) say(`${key}=${String(after[key])}`);
  } else throw refuse('“alerts” takes list, silence, speak or thresholds.');
};

const incidentsWord = async ({ alerts, incidents }: Services, [what = 'list', id]: readonly string[], say: Say): Promise<void> => {
  if (what === 'list') {
    const { items } = await alerts.list(OPERATOR, read(incidentQuery, { limit: 100 }));
    items.map(incidentLine).forEach(say);
    if (items.length === 0) say('No incident yet.');
  } else if (what === 'show' && id !== undefined) detailLines(await incidents.get(OPERATOR, id)).forEach(say);
  else if (what === 'take' && id !== undefined) {
    await alerts.acknowledge(OPERATOR, id);
    say('It is taken: nobody else is told.');
  } else throw refuse('“incidents” takes list, show ID or take ID.');
};

const rulesWord = async ({ rules, backTest }: Services, [what = 'list', first, second]: readonly string[], say: Say): Promise<void> => {
  const { items } = await rules.list(OPERATOR);
  const find = (name: string | undefined): RuleView | undefined => items.find((rule) => [rule.id, rule.key, rule.name].includes(name ?? ''));
  const get = (): RuleView => {
    const found = find(first);
    if (found) return found;
    const meant = first === undefined ? undefined : didYouMean(first, items.flatMap(({ key, name }) => [key ?? name, name])); // prettier-ignore
    throw refuse(first === undefined ? 'Name the rule.' : `There is no rule “${first}”.${meant === undefined ? '' : ` Did you mean “${meant}”?`}`);
  };
  if (what === 'list') items.map(ruleLine).forEach(say);
  else if (what === 'show') {
    const { name, enabled, definition } = get();
    say(JSON.stringify({ name, enabled, definition }, null, 2));
  } else if (what === 'on' || what === 'off') say(ruleLine(await rules.change(OPERATOR, get().id, { enabled: what === 'on' })));
  else if (what === 'reset') say(ruleLine(await rules.change(OPERATOR, get().id, { reset: true })));
  else if (what === 'remove') {
    const { id, name } = get();
    await rules.remove(OPERATOR, id);
    say(`“${name}” is removed.`);
  } else if (what === 'create') say(ruleLine(await rules.create(OPERATOR, read(ruleCreate, await readJson(first)))));
  else if (what === 'change') say(ruleLine(await rules.change(OPERATOR, get().id, read(rulePatch, await readJson(second)))));
  else if (what === 'try') {
    const definition = find(first)?.definition ?? read(ruleCreate, await readJson(first)).definition;
    trialLines(await backTest.run(read(backTestRequest, { definition, ...(second !== undefined && { days: Number(second) }) }))).forEach(say);
  } else throw refuse('“rules” takes list, show, on, off, reset, remove, create, change or try.');
};

const words = { alerts: alertsWord, incidents: incidentsWord, rules: rulesWord };

/** `arasul alerts|incidents|rules …`: what the Alerts pages do, from the machine itself. Errors: `StartProblem`, those of the services. */
export const alertsCommand = async (database: Database, name: keyof typeof words, rest: readonly string[], say: Say): Promise<void> => {
  const open = services(database);
  try {
    await words[name](open, rest, say);
  } finally {
    await open.notifier.close();
  }
};
